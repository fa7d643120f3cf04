// The tables: of targets, of operators (which sorts), and where bytes go.
function fillTargets(choose) {
  const sized = report.targets.filter((target) => !target.error);
  const most = Math.max(1, ...sized.map((target) => target.required_arena_bytes));
  const ram = (target) => (target.fits && target.fits.ram_bytes) || 0;
  // RAM that is far away would make the arenas too short to compare.
  const scale = Math.max(most, ...sized.map((target) => (ram(target) <= 3 * most ? ram(target) : 0)));
  const body = document.querySelector("#targets tbody");
  report.targets.forEach((target, index) => {
    const name = element("button", {type: "button"}, target.target);
    const distribution = target.runtime.distribution;
    const kernels = target.kernels.name + " " + target.kernels.revision + (distribution ? ", " + distribution.title : "");
    let row;
    if (target.error) {
      row = element("tr", {class: "pick"}, element("td", {}, name),
        element("td", {class: "wrap bad", colspan: report.baseline ? "5" : "4"}, "refused: " + target.error), element("td", {class: "wide"}, kernels));
    } else {
      const memory = ram(target);
      const fits = memory ? element("td", {class: "number" + (target.fits.ram ? "" : " bad")},
                                    element("span", {class: "spare"}, format(memory) + " "),
                                    "(" + percent(target.required_arena_bytes, memory) + ")")
        : element("td", {class: "number muted"}, "-");
      const over = target.fits.budget === false;
      const cells = [element("td", {}, name),
        element("td", {class: "number" + (over ? " bad" : ""), title: over ? "over the budget" : ""}, format(target.required_arena_bytes)),
        element("td", {class: "number"}, format(target.arena_used_bytes))];
      if (report.baseline) {
        const growth = target.growth;
        const change = growth.required_change_bytes;
        cells.push(element("td", {class: "number" + (growth.allowed === false ? " bad" : "")},
                           change === undefined ? growth.state.replace("_", " ") : change === 0 ? "unchanged" : signed(change)));
      }
      cells.push(fits, element("td", {}, barOf(target, scale)), element("td", {}, kernels));
      row = element("tr", {class: "pick"}, ...cells);
    }
    row.addEventListener("click", () => choose(index));
    body.append(row);
  });
  if (!report.baseline) document.querySelector("#targets .growth").remove();
}

function barOf(target, scale) {
  const bar = element("div", {class: "bar", role: "img", "aria-label":
    `${target.head_bytes} bytes of tensors and scratch, ${target.tail_bytes} persistent, of ${target.required_arena_bytes}`});
  let from = 0;
  for (const [kind, bytes] of [["tensor", target.head_bytes],
                               ["unused", target.required_arena_bytes - target.arena_used_bytes],
                               ["persistent", target.tail_bytes]]) {
    const part = element("i", {class: kind});
    part.style.left = 100 * from / scale + "%";
    part.style.width = 100 * bytes / scale + "%";
    bar.append(part);
    from += bytes;
  }
  for (const [name, bytes] of [["ram", target.fits.ram_bytes], ["budget", target.fits.budget_bytes]]) {
    if (bytes === undefined || bytes > scale) continue;
    const mark = element("i", {class: "mark " + name, title: name + " " + format(bytes)});
    mark.style.left = `calc(${100 * bytes / scale}% - 2px)`;
    bar.append(mark);
  }
  return bar;
}

const MOST_ROWS = 2000;

class OperatorTable {
  constructor(choose) {
    this.choose = choose;
    this.all = false;
    const number = (name, title, of) => ({name, title, of, number: true});
    this.columns = [
      number("#", "Index in the subgraph", (row) => row.index),
      {name: "operator", title: "", of: (row) => row.name},
      number("MACs", "Multiply-accumulates of one invocation", (row) => row.macs),
      number("persistent", "Bytes: parameters, Init and Prepare", (row) => row.persistent),
      number("scratch", "Bytes of all its scratch buffers", (row) => row.scratch),
      number("live", "Bytes of tensors and scratch buffers in the arena while it runs", (row) => row.live),
    ];
    if (manySubgraphs) this.columns.unshift(number("graph", "Subgraph", (row) => row.subgraph));
    const head = document.querySelector("#operators thead tr");
    this.columns.forEach((column, index) => {
      const button = element("button", {type: "button", title: column.title}, column.name);
      button.addEventListener("click", () => this.sortBy(index));
      column.head = element("th", {scope: "col", class: column.number ? "number" : "", "aria-sort": "none"}, button);
      head.append(column.head);
    });
  }

  show(target) {
    this.rows = target.operators.map((op, order) => {
      const macs = operators.get(key(op.subgraph, op.index));
      const scopesHere = scopesOf.get(key(op.subgraph, op.index)) || [];
      return {order, subgraph: op.subgraph, index: op.index, name: op.name, macs: macs ? macs.macs : 0,
              persistent: op.persistent_bytes, scratch: op.scratch_bytes.reduce((sum, bytes) => sum + bytes, 0),
              parts: op.scratch_bytes, live: Math.max(0, ...scopesHere.map((scope) => target.liveBytes[scope])),
              scope: scopesHere.length ? scopesHere[0] : -1};
    });
    this.sort();
    const sum = (of) => this.rows.reduce((total, row) => total + of(row), 0);
    const foot = {MACs: sum((row) => row.macs), persistent: sum((row) => row.persistent)};
    document.querySelector("#operators tfoot").replaceChildren(element("tr", {}, ...this.columns.map((column, index) =>
      element("td", {class: column.number ? "number" : ""}, index === 0 ? "sum" : column.name in foot ? format(foot[column.name]) : ""))));
  }

  // Numbers: the largest first; a second click turns the order around.
  sortBy(index) {
    const column = this.columns[index];
    const first = column.number && column.name !== "#" && column.name !== "graph" ? "descending" : "ascending";
    const now = column.head.getAttribute("aria-sort");
    const order = now === "none" ? first : now === "ascending" ? "descending" : "ascending";
    for (const other of this.columns) other.head.setAttribute("aria-sort", "none");
    column.head.setAttribute("aria-sort", order);
    this.sort();
  }

  sort() {
    const column = this.columns.find((one) => one.head.getAttribute("aria-sort") !== "none");
    if (column) {
      const sign = column.head.getAttribute("aria-sort") === "ascending" ? 1 : -1;
      this.rows.sort((a, b) => {
        const x = column.of(a);
        const y = column.of(b);
        return sign * (x < y ? -1 : x > y ? 1 : 0) || a.order - b.order;
      });
    }
    this.fill();
  }

  fill() {
    const shown = this.all ? this.rows : this.rows.slice(0, MOST_ROWS);
    const made = shown.map((row) => {
      const label = element("button", {type: "button", "aria-label": operatorLabel(row.subgraph, row.index)});
      const cells = this.columns.map((column) => {
        const value = column.of(row);
        const cell = element("td", column.number ? {class: "number"} : {});
        if (column.name === "operator") {
          label.textContent = value;
          cell.append(label);
        } else {
          cell.textContent = format(value);
        }
        if (column.name === "scratch" && row.parts.length > 1) cell.title = row.parts.map(format).join(" + ");
        return cell;
      });
      row.element = element("tr", {class: "pick"}, ...cells);
      row.element.addEventListener("click", () => this.choose(row.scope));
      return row.element;
    });
    if (shown.length < this.rows.length) {
      const more = element("button", {type: "button"}, `Show all ${format(this.rows.length)} operators`);
      more.addEventListener("click", () => { this.all = true; this.fill(); });
      made.push(element("tr", {}, element("td", {colspan: String(this.columns.length)}, more)));
    }
    document.querySelector("#operators tbody").replaceChildren(...made);
    this.mark(this.marked);
  }

  mark(scope) {
    this.marked = scope;
    if (this.current) this.current.removeAttribute("aria-current");
    const where = scopes[scope];
    const row = where && this.rows.find((one) => one.subgraph === where.subgraph && one.index === where.operator);
    this.current = row && row.element;
    if (this.current) this.current.setAttribute("aria-current", "true");
  }
}

function fillBreakdown(target) {
  document.getElementById("breakdown-title").textContent = "Where the " + bytesText(target.arena_used_bytes) + " go";
  document.querySelector("#breakdown tbody").replaceChildren(...target.breakdown.map((share) => element("tr", {},
    element("td", {class: "number"}, format(share.bytes)), element("td", {}, share.what),
    element("td", {class: "muted"}, share.count ? "x " + format(share.count) : ""))));
}
