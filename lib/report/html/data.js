// The report, and what follows from it. All text goes into the page as text:
// names come from the model, and a model is not to be trusted.
const report = JSON.parse(document.getElementById("report").textContent);
const graph = report.graph;
const HEAD_SHARE = "tensors and scratch buffers (head)";

const format = (number) => number.toLocaleString("en-US");
const bytesText = (number) => format(number) + (number === 1 ? " byte" : " bytes");
const signed = (number) => (number > 0 ? "+" : "") + format(number);
const percent = (part, whole) => (100 * part / whole).toFixed(1) + " %";

// An element with attributes and children, which are nodes or text.
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const key = (subgraph, index) => subgraph + "/" + index;
const manySubgraphs = graph.subgraphs.length > 1;
const operators = new Map(graph.operators.map((op) => [key(op.subgraph, op.index), op]));

function operatorLabel(subgraph, index) {
  const op = operators.get(key(subgraph, index));
  const place = manySubgraphs ? subgraph + "/" + index : String(index);
  return "operator " + place + (op ? " " + op.name : "");
}

// Who makes each tensor, and who reads it.
const makers = new Map();
const readers = new Map();
for (const op of graph.operators) {
  for (const tensor of op.outputs) makers.set(key(op.subgraph, tensor), op);
  for (const tensor of new Set(op.inputs)) {
    const place = key(op.subgraph, tensor);
    if (!readers.has(place)) readers.set(place, []);
    readers.get(place).push(op);
  }
}

const scopes = graph.scopes;
function scopeLabel(scope) {
  const where = scopes[scope];
  if (!where) return "scope " + scope;
  if (where.operator !== undefined) return operatorLabel(where.subgraph, where.operator);
  return manySubgraphs ? "inputs of subgraph " + where.subgraph : "the model's inputs";
}
const scopesOf = new Map();  // Of an operator, in order.
scopes.forEach((where, scope) => {
  if (where.operator === undefined) return;
  const place = key(where.subgraph, where.operator);
  if (!scopesOf.has(place)) scopesOf.set(place, []);
  scopesOf.get(place).push(scope);
});

function listed(ops) {
  const most = 6;
  const names = ops.slice(0, most).map((op) => operatorLabel(op.subgraph, op.index));
  if (ops.length > most) names.push(ops.length - most + " more");
  return names.join(", ");
}

function whoMakes(buffer) {
  if (buffer.kind === "scratch") {
    return operatorLabel(buffer.subgraph, buffer.operator) + " asks for it";
  }
  const maker = makers.get(key(buffer.subgraph, buffer.tensor));
  if (maker) return operatorLabel(maker.subgraph, maker.index);
  const subgraph = graph.subgraphs[buffer.subgraph];
  if (subgraph && subgraph.inputs.includes(buffer.tensor)) {
    return buffer.subgraph === 0 ? "the application: an input of the model" : "the caller of subgraph " + buffer.subgraph;
  }
  return "nobody in this graph";
}

function whoReads(buffer) {
  if (buffer.kind === "scratch") return "the same operator";
  const place = key(buffer.subgraph, buffer.tensor);
  const subgraph = graph.subgraphs[buffer.subgraph];
  const isOutput = subgraph && subgraph.outputs.includes(buffer.tensor);
  const output = buffer.subgraph === 0 ? "the application: an output of the model" : "the caller of the subgraph";
  const parts = [];
  if (readers.has(place)) parts.push(listed(readers.get(place)));
  if (isOutput) parts.push(output);
  return parts.join("; ") || "nobody";
}

// The facts of a buffer that tooltip and panel show: [name, value].
function bufferFacts(buffer) {
  const end = buffer.offset_bytes + buffer.size_bytes;
  return [
    ["size", bytesText(buffer.size_bytes)],
    ["address", format(buffer.offset_bytes) + " to " + format(Math.max(end - 1, buffer.offset_bytes))],
    ["lives", buffer.first === buffer.last ? "at " + scopeLabel(buffer.first)
      : "from " + scopeLabel(buffer.first) + " to " + scopeLabel(buffer.last)],
    ["made by", whoMakes(buffer)],
    ["read by", whoReads(buffer)],
  ];
}

// Adds to each target that was sized what the map needs; once.
function prepare(target) {
  if (target.columns !== undefined) return target;
  let columns = Math.max(scopes.length, 1);
  target.buffers.forEach((buffer, index) => {
    buffer.id = index;
    buffer.first = Math.max(buffer.first_used, 0);
    buffer.last = Math.max(buffer.last_used, buffer.first);
    columns = Math.max(columns, buffer.last + 1);
  });
  target.columns = columns;
  // Live bytes are a sum of changes, so that long models stay cheap.
  const change = new Array(columns + 1).fill(0);
  for (const buffer of target.buffers) {
    change[buffer.first] += buffer.size_bytes;
    change[buffer.last + 1] -= buffer.size_bytes;
  }
  target.liveBytes = [];
  let live = 0;
  for (let scope = 0; scope < columns; ++scope) target.liveBytes.push(live += change[scope]);
  target.peakScope = -1;
  if (target.peak_operator) {
    const peak = scopesOf.get(key(target.peak_operator.subgraph, target.peak_operator.index)) || [];
    for (const scope of peak) {
      if (target.peakScope < 0 || target.liveBytes[scope] > target.liveBytes[target.peakScope]) {
        target.peakScope = scope;
      }
    }
  }
  return target;
}

// What is live in a scope, by address.
function liveAt(target, scope) {
  return target.buffers.filter((buffer) => buffer.first <= scope && scope <= buffer.last)
    .sort((a, b) => a.offset_bytes - b.offset_bytes || a.id - b.id);
}
