// What is said about a buffer, and about what is live at an operator.
function factList(facts) {
  const list = element("dl");
  for (const [name, value] of facts) list.append(element("dt", {}, name), element("dd", {}, value));
  return list;
}

function kindOf(buffer) {
  return buffer.kind === "scratch" ? "scratch buffer" : "tensor " + (manySubgraphs ? buffer.subgraph + "/" : "") + buffer.tensor;
}
const nameOf = (buffer) => buffer.name || "(no name)";

function showBuffer(buffer, kept) {
  const title = document.getElementById("buffer-title");
  const body = document.getElementById("buffer-body");
  if (!buffer) {
    title.textContent = "Buffer";
    body.replaceChildren(element("p", {class: "muted"}, "None: point at one in the map."));
    return;
  }
  title.textContent = nameOf(buffer);
  body.replaceChildren(element("p", {class: "muted"}, kindOf(buffer) + (kept ? ", kept" : "")), factList(bufferFacts(buffer)));
}

function showLive(target, scope, live, pick) {
  const title = document.getElementById("live-title");
  const body = document.getElementById("live-body");
  if (scope < 0) {
    title.textContent = "Live";
    body.replaceChildren(element("p", {class: "muted"}, "Nothing: the memory plan is empty."));
    return;
  }
  title.textContent = "Live at " + scopeLabel(scope) + (scope === target.peakScope ? " (the peak)" : "");
  const rows = element("tbody");
  for (const buffer of live.slice().reverse()) {
    const name = element("button", {type: "button"}, nameOf(buffer));
    name.addEventListener("click", () => pick(buffer));
    rows.append(element("tr", {},
      element("td", {class: "wrap"}, element("div", {class: "named"}, element("i", {class: "swatch " + buffer.kind}), name)),
      element("td", {class: "number"}, format(buffer.size_bytes)),
      element("td", {class: "number muted"}, "at " + format(buffer.offset_bytes))));
  }
  body.replaceChildren(
    element("p", {class: "muted"}, `${bytesText(target.liveBytes[scope])} in ${live.length} buffer${live.length === 1 ? "" : "s"}`),
    element("table", {}, rows));
}

const tip = document.getElementById("tip");
function showTip(place, event) {
  if (!place || !(place.buffer || place.band || place.strip)) {
    tip.hidden = true;
    return;
  }
  if (place.buffer) {
    tip.replaceChildren(element("strong", {}, nameOf(place.buffer)),
                        element("span", {class: "muted"}, kindOf(place.buffer)), factList(bufferFacts(place.buffer)));
  } else if (place.band) {
    const count = place.band.count ? " in " + place.band.count + " allocations" : "";
    tip.replaceChildren(element("strong", {}, place.band.what), bytesText(place.band.bytes) + count);
  } else {
    tip.replaceChildren(element("strong", {}, scopeLabel(place.scope)), bytesText(place.liveBytes) + " live");
  }
  tip.hidden = false;
  const size = tip.getBoundingClientRect();
  const right = event.clientX + 16 + size.width > window.innerWidth;
  const below = event.clientY + 16 + size.height > window.innerHeight;
  tip.style.left = Math.max(4, right ? event.clientX - size.width - 16 : event.clientX + 16) + "px";
  tip.style.top = Math.max(4, below ? event.clientY - size.height - 12 : event.clientY + 16) + "px";
}

function showGrowth(target) {
  const section = document.getElementById("growth");
  const growth = target.growth;
  section.hidden = !growth;
  if (!growth) return;
  document.getElementById("growth-title").textContent = "Since " + report.baseline.path;
  const body = document.getElementById("growth-body");
  if (growth.required_change_bytes === undefined) {
    const words = {new: "The baseline has no figures for this target.", refused_before: "The runtime refused the model before.",
                   refused_now: "The runtime did not refuse the model before.", refused_both: "The runtime refused the model before, too."};
    body.replaceChildren(element("p", {}, words[growth.state]));
    return;
  }
  const rows = element("tbody");
  const add = (what, change, parts) => rows.append(element("tr", {},
    element("td", {class: "wrap"}, what), element("td", {class: "number"}, signed(change)),
    element("td", {class: "wrap muted"}, parts)));
  for (const op of growth.operators) {
    const place = op.index === undefined ? op.index_before : op.index;
    const state = op.index === undefined ? ", removed" : op.index_before === undefined ? ", new" : "";
    const parts = [["tensors", op.tensors_change_bytes], ["scratch", op.scratch_change_bytes], ["persistent", op.persistent_change_bytes]]
      .filter((part) => part[1] !== 0).map((part) => part[0] + " " + signed(part[1])).join(", ");
    add(`operator ${manySubgraphs ? op.subgraph + "/" : ""}${place} ${op.name}${state}`,
        op.tensors_change_bytes + op.scratch_change_bytes + op.persistent_change_bytes, parts);
  }
  for (const share of growth.shares) add(share.what, share.bytes_after - share.bytes_before, "");
  const change = growth.required_change_bytes;
  const over = growth.allowed === false;
  const text = change === 0 ? "The required arena is unchanged: " + bytesText(target.required_arena_bytes)
    : `The required arena went from ${format(growth.required_arena_bytes)} to ${bytesText(target.required_arena_bytes)} (${signed(change)})`;
  body.replaceChildren(element("p", {class: over ? "bad" : ""}, text + (over ? ", more than the " + report.baseline.max_growth + " allowed." : ".")),
                       element("div", {class: "scroll"}, element("table", {}, rows)));
}
