// Joins the parts: what is chosen, pointed at and kept.
const PHASES = {
  plan: "while the memory plan is made", io_tensors: "at the end of AllocateTensors()",
  prepare: "while the operators prepare",
};
const byId = (id) => document.getElementById(id);
const say = (text) => { byId("announce").textContent = text; };

const state = {target: null, scope: -1, kept: null, pointed: null};

function live() { return state.scope < 0 ? [] : liveAt(state.target, state.scope); }

// `quiet`: the map stays as bright as it is, as before anything is chosen.
function chooseScope(scope, quiet = false) {
  if (!state.target || scope < 0 || scope >= state.target.columns) return;
  state.scope = scope;
  state.quiet = quiet;
  const buffers = live();
  map.showScope(quiet ? -1 : scope, buffers);
  showLive(state.target, scope, buffers, (buffer) => keep(buffer));
  table.mark(scope);
}

function keep(buffer) {
  state.kept = buffer;
  map.showKept(buffer);
  showBuffer(buffer, true);
  if (buffer) say(nameOf(buffer) + ": " + bufferFacts(buffer).map((fact) => fact.join(" ")).join(", "));
}

const map = new MemoryMap(byId("map"), {
  hover(place, event) {
    if (place && place.strip) place.liveBytes = state.target.liveBytes[place.scope];
    state.pointed = place && place.buffer;
    map.showHover(state.pointed);
    showTip(place, event);
    const shown = state.pointed || state.kept;
    showBuffer(shown, shown !== null && shown === state.kept);
  },
  pick(place) {
    chooseScope(place.scope);
    keep(place.buffer || null);
  },
  drawn() {
    if (state.scope >= 0) map.showScope(state.quiet ? -1 : state.scope, live());
    map.showKept(state.kept);
  },
});

const table = new OperatorTable((scope) => {
  if (scope < 0) return;
  keep(null);
  chooseScope(scope);
  map.reveal(scope);
});

// The next scope of an operator in a direction, for the keys.
function step(from, by) {
  for (let scope = from + by; scope >= 0 && scope < state.target.columns; scope += by) {
    if (!scopes[scope] || scopes[scope].operator !== undefined || scope === 0) return scope;
  }
  return from;
}

function moveTo(scope) {
  chooseScope(scope);
  map.reveal(scope);
  say(scopeLabel(scope) + ": " + bytesText(state.target.liveBytes[scope]) + " live");
}

function moveBuffer(by) {
  const buffers = live();
  if (buffers.length === 0) return;
  const at = buffers.indexOf(state.kept);
  const next = at < 0 ? (by > 0 ? 0 : buffers.length - 1) : Math.min(Math.max(at + by, 0), buffers.length - 1);
  map.showScope(state.scope, buffers);
  keep(buffers[next]);
}

byId("map").addEventListener("keydown", (event) => {
  if (!state.target || event.ctrlKey || event.metaKey || event.altKey) return;
  const actions = {
    ArrowLeft: () => moveTo(step(state.scope, -1)),
    ArrowRight: () => moveTo(step(state.scope, 1)),
    ArrowUp: () => moveBuffer(1),
    ArrowDown: () => moveBuffer(-1),
    Home: () => moveTo(0),
    End: () => moveTo(state.target.columns - 1),
    Enter: () => keep(state.pointed || state.kept || live()[0] || null),
    Escape: () => { keep(null); chooseScope(state.scope, true); showTip(null); },
    p: () => { if (state.target.peakScope >= 0) moveTo(state.target.peakScope); },
    "+": () => map.setZoom(map.zoom * 2),
    "-": () => map.setZoom(map.zoom / 2),
  };
  const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!action) return;
  event.preventDefault();
  action();
});
byId("zoom-in").addEventListener("click", () => map.setZoom(map.zoom * 2));
byId("zoom-out").addEventListener("click", () => map.setZoom(map.zoom / 2));
byId("head-only").addEventListener("click", (event) => {
  map.headOnly = !map.headOnly;
  event.currentTarget.setAttribute("aria-pressed", String(map.headOnly));
  if (state.target) map.draw();
});
byId("zoom-fit").addEventListener("click", () => map.setZoom(1));

function hazardText(hazard) {
  const place = hazard.operator === null ? "the model" : operatorLabel(hazard.subgraph, hazard.operator);
  return `hazard: ${hazard.id} (${hazard.severity}), ${place}: ${hazard.what}. ${hazard.remedy}.`;
}

function peakText(target) {
  let text = `Required arena ${bytesText(target.required_arena_bytes)}, decided ${PHASES[target.peak_phase] || "while the interpreter is set up"} (${target.peak_phase}). `
    + `${format(target.arena_used_bytes)} are used afterwards: ${format(target.head_bytes)} for tensors and scratch buffers`;
  if (target.peak_operator) text += ", fullest at " + operatorLabel(target.peak_operator.subgraph, target.peak_operator.index);
  return text + `, and ${format(target.tail_bytes)} persistent.`;
}

function chooseTarget(index) {
  const target = report.targets[index];
  document.querySelectorAll("#targets tbody tr").forEach((row, at) => {
    if (at === index) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  });
  byId("map-title").textContent = target.error ? target.target : "Memory map on " + target.target;
  byId("peak").textContent = target.error ? "The runtime refuses the model: " + target.error : peakText(target);
  byId("peak").classList.toggle("bad", Boolean(target.error));
  showGrowth(target);
  byId("warnings").replaceChildren(...(target.warnings || []).map((text) => element("li", {}, text)));
  byId("hazards").replaceChildren(...(target.hazards || []).map((hazard) => element("li", {class: "bad"}, hazardText(hazard))));
  for (const selector of [".toolbar", "#map", "#keys", ".panels", "#operators-section", "section:has(#breakdown)"]) {
    document.querySelector(selector).hidden = Boolean(target.error);
  }
  state.target = target.error ? null : prepare(target);
  state.kept = null;
  state.pointed = null;
  state.scope = -1;
  if (target.error) return;
  table.show(target);
  map.show(target);
  showBuffer(null);
  fillBreakdown(target);
  chooseScope(target.peakScope >= 0 ? target.peakScope : 0, true);
}

function verdict() {
  const refused = report.targets.filter((target) => target.error);
  const small = report.targets.filter((target) => !target.error && (target.fits.ram === false || target.fits.flash === false));
  const over = report.targets.filter((target) => !target.error && target.fits.budget === false);
  const grown = report.targets.filter((target) => target.growth && target.growth.allowed === false);
  const parts = [];
  const names = (list) => list.map((target) => target.target).join(", ");
  if (refused.length) parts.push("Refused on " + names(refused) + ".");
  if (small.length) parts.push("Does not fit " + names(small) + ".");
  if (over.length) parts.push("Over the budget on " + names(over) + ".");
  if (grown.length) parts.push("Grew more than is allowed on " + names(grown) + ".");
  byId("verdict").textContent = parts.join(" ");
  byId("verdict").className = parts.length ? "bad" : "";
}

const plural = (count, noun) => `${format(count)} ${noun}${count === 1 ? "" : "s"}`;
byId("model").textContent = report.model.path;
byId("facts").textContent = `${bytesText(report.model.size_bytes)}, ${plural(report.model.operators, "operator")}, ${plural(report.model.tensors, "tensor")}`;
document.title = report.model.path + ": arena";
const revision = report.targets.length ? report.targets[0].runtime : null;
byId("footer").textContent = `tinyml ${report.tool.version}` + (revision ? `, runtime ${revision.distribution ? revision.distribution.title + ", " : ""}${revision.name} ${revision.revision}` : "")
  + `, model SHA-256 ${report.model.sha256}`;
verdict();
fillTargets(chooseTarget);
if (report.targets.length) chooseTarget(Math.max(0, report.targets.findIndex((target) => !target.error)));
