// The memory map: operators from left to right, addresses from bottom to top.
const SVG = "http://www.w3.org/2000/svg";
const AXIS = 66;      // Width of the addresses beside the map.
const PAD = 14;       // Above the map, for its top line.
const STRIP = 14;     // The row of operators under the map.
const FOOT = 44;      // That row, its numbers, and the peak's label.

function drawn(tag, attributes, text) {
  const made = document.createElementNS(SVG, tag);
  for (const name in attributes) made.setAttribute(name, attributes[name]);
  if (text !== undefined) made.textContent = text;
  return made;
}

class MemoryMap {
  // `on` is told what is pointed at (hover) and what is chosen (pick).
  constructor(box, on) {
    this.box = box;
    this.on = on;
    this.zoom = 1;
    this.headOnly = false;  // Whether persistent memory is left out.
    this.frame = 0;
    box.addEventListener("pointermove", (event) => this.pointed(event));
    box.addEventListener("pointerleave", () => this.left());
    box.addEventListener("click", (event) => this.clicked(event));
    new ResizeObserver(() => this.resized()).observe(box);
  }

  show(target) {
    this.target = prepare(target);
    this.draw();
  }

  resized() {
    if (this.target && Math.abs(this.box.clientWidth - this.drawnFor) > 1) this.draw();
  }

  setZoom(zoom) {
    const middle = (this.box.scrollLeft + this.box.clientWidth / 2) / this.box.scrollWidth;
    this.zoom = Math.min(Math.max(zoom, 1), Math.max(4, 40 * this.target.columns / this.fitWidth()));
    this.draw();
    this.box.scrollLeft = middle * this.box.scrollWidth - this.box.clientWidth / 2;
  }

  fitWidth() { return Math.max(this.box.clientWidth - AXIS, 120); }
  x(scope) { return this.width * scope / this.target.columns; }
  y(address) { return PAD + this.height * (1 - address / this.top); }

  draw() {
    const target = this.target;
    this.drawnFor = this.box.clientWidth;
    this.width = Math.floor(this.fitWidth() * this.zoom);
    this.height = window.innerWidth < 736 ? 260 : 380;
    this.top = Math.max(this.headOnly ? target.head_bytes : target.required_arena_bytes, 1);
    const total = PAD + this.height + FOOT;
    this.axis = drawn("svg", {class: "axis", width: AXIS, height: total, "aria-hidden": "true"});
    this.plot = drawn("svg", {class: "plot", width: this.width, height: total, "aria-hidden": "true"});
    this.rects = [];
    this.drawGrid();
    this.drawPersistent();
    this.drawBuffers();
    this.drawOperators();
    this.drawPeak();
    this.column = drawn("rect", {class: "column", visibility: "hidden"});
    this.kept = drawn("rect", {class: "kept", visibility: "hidden"});
    this.hover = drawn("rect", {class: "hover", visibility: "hidden"});
    this.plot.append(this.column, this.kept, this.hover);
    this.box.replaceChildren(this.axis, this.plot);
    this.on.drawn();
  }

  drawGrid() {
    let step = 16;
    while (this.top / step > 6) step *= 2;
    for (let bytes = 0; bytes <= this.top; bytes += step) {
      const y = this.y(bytes);
      this.plot.append(drawn("path", {class: "grid", d: `M0 ${y}h${this.width}`}));
      // The topmost label is that of the whole.
      if (y < PAD + 14) continue;
      this.axis.append(drawn("text", {x: AXIS - 6, y: y + 4, "text-anchor": "end"}, format(bytes)));
    }
    this.axis.append(drawn("text", {class: "whole", x: AXIS - 6, y: PAD + 4, "text-anchor": "end"}, format(this.top)));
  }

  block(kind, from, to, offset, size) {
    const x = this.x(from);
    const y = this.y(offset + size);
    // Even a buffer of a byte can be seen.
    const height = Math.max(this.y(offset) - y, 1);
    const width = this.x(to + 1) - x;
    const thin = height < 3 || width < 3 ? " thin" : "";
    return drawn("rect", {class: "block " + kind + thin, x, y, width: Math.max(width, 0.6), height});
  }

  drawPersistent() {
    const target = this.target;
    const last = target.columns - 1;
    let end = target.required_arena_bytes;
    let odd = "";
    this.bands = [];
    if (this.headOnly) return;
    for (const share of target.breakdown) {
      if (share.what === HEAD_SHARE || share.bytes === 0) continue;
      end -= share.bytes;
      this.plot.append(this.block("persistent" + odd, 0, last, end, share.bytes));
      this.bands.push({what: share.what, bytes: share.bytes, count: share.count, offset: end});
      odd = odd ? "" : " odd";
    }
    const unused = target.required_arena_bytes - target.arena_used_bytes;
    if (unused > 0) {
      this.plot.append(this.block("unused", 0, last, target.head_bytes, unused));
      this.bands.push({what: "needed by AllocateTensors() only, free afterwards", bytes: unused,
                       count: 0, offset: target.head_bytes});
    }
  }

  drawBuffers() {
    const group = drawn("g", {class: "buffers"});
    for (const buffer of this.target.buffers) {
      const kind = buffer.kind === "scratch" ? "scratch" : buffer.index % 2 ? "tensor odd" : "tensor";
      const rect = this.block("buffer " + kind, buffer.first, buffer.last, buffer.offset_bytes, buffer.size_bytes);
      rect.dataset.buffer = buffer.id;
      this.rects.push(rect);
      group.append(rect);
    }
    this.buffers = group;
    this.plot.append(group);
  }

  drawOperators() {
    const y = PAD + this.height + 3;
    const step = Math.ceil(34 * this.target.columns / this.width);
    scopes.forEach((where, scope) => {
      const x = this.x(scope);
      const width = this.x(scope + 1) - x;
      if (where.operator !== undefined) {
        const fullest = scope === this.target.peakScope ? " fullest" : "";
        const gap = width > 4 ? 1 : 0;
        this.plot.append(drawn("rect", {class: "op" + (scope % 2 ? " odd" : "") + fullest, x: x + gap / 2, y,
                                        width: Math.max(width - gap, 0.5), height: STRIP, "data-scope": scope}));
      }
      if (scope % step === 0) {
        const edge = scope === 0 && width < 12;  // It would be cut off.
        this.plot.append(drawn("text", {x: edge ? x : x + width / 2, y: y + STRIP + 12, "text-anchor": edge ? "start" : "middle"},
                               where.operator === undefined ? "in" : String(where.operator)));
      }
    });
    this.axis.append(drawn("text", {x: AXIS - 6, y: y + 11, "text-anchor": "end"}, "operator"));
  }

  drawPeak() {
    const target = this.target;
    const y = this.y(target.head_bytes);
    this.plot.append(drawn("path", {class: "peak", d: `M0 ${y}h${this.width}`}));
    if (target.peakScope < 0) return;
    const x = (this.x(target.peakScope) + this.x(target.peakScope + 1)) / 2;
    this.plot.append(drawn("path", {class: "peak", d: `M${x} ${y}V${PAD + this.height}`}));
    const side = x > this.width / 2 ? "end" : "start";
    this.plot.append(drawn("text", {class: "peak", x: x + (side === "end" ? 4 : -4), y: PAD + this.height + FOOT - 3,
                                    "text-anchor": side}, "peak " + format(target.head_bytes)));
  }

  // What lies at a point: the scope, and the buffer or the band, if there is one.
  at(event) {
    const box = this.plot.getBoundingClientRect();
    const left = event.clientX - box.left;
    const y = event.clientY - box.top;
    if (event.clientX < this.box.getBoundingClientRect().left + AXIS || left < 0 || left >= this.width) return null;
    const scope = Math.min(Math.floor(left * this.target.columns / this.width), this.target.columns - 1);
    if (y > PAD + this.height) return {scope, strip: true};
    const address = this.top * (1 - (y - PAD) / this.height);
    let best = null;
    let distance = 4 * this.top / this.height;  // Small ones are caught nearby.
    for (const buffer of this.target.buffers) {
      if (buffer.first > scope || buffer.last < scope) continue;
      const away = Math.max(buffer.offset_bytes - address, address - buffer.offset_bytes - buffer.size_bytes, 0);
      if (away < distance || (away === 0 && best && buffer.size_bytes < best.size_bytes)) {
        best = buffer;
        distance = away;
      }
    }
    const band = best ? null : this.bands.find((one) => address >= one.offset && address < one.offset + one.bytes);
    return {scope, buffer: best, band};
  }

  pointed(event) {
    if (event.pointerType === "touch") return;
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.on.hover(this.at(event), event));
  }
  left() {
    cancelAnimationFrame(this.frame);
    this.on.hover(null);
  }
  clicked(event) {
    const place = this.at(event);
    if (place) this.on.pick(place);
  }

  outline(rect, buffer) {
    if (!buffer) return rect.setAttribute("visibility", "hidden");
    const block = this.rects[buffer.id];
    for (const name of ["x", "y", "width", "height"]) rect.setAttribute(name, block.getAttribute(name));
    rect.setAttribute("visibility", "visible");
  }
  showHover(buffer) { this.outline(this.hover, buffer); }
  showKept(buffer) { this.outline(this.kept, buffer); }

  // Marks the scope and what is live there; -1: everything is as bright.
  showScope(scope, live) {
    this.buffers.classList.toggle("chosen", scope >= 0);
    for (const rect of this.buffers.querySelectorAll(".on")) rect.classList.remove("on");
    if (scope < 0) return this.column.setAttribute("visibility", "hidden");
    for (const buffer of live) this.rects[buffer.id].classList.add("on");
    const x = this.x(scope);
    const width = this.x(scope + 1) - x;
    const extra = Math.max(0, 3 - width);  // Never too narrow to be seen.
    for (const [name, value] of Object.entries({x: x - extra / 2, y: PAD, width: width + extra,
                                                height: this.height + STRIP + 3, visibility: "visible"})) {
      this.column.setAttribute(name, value);
    }
  }

  reveal(scope) {
    const x = this.x(scope);
    const seen = this.box.clientWidth - AXIS;
    if (x < this.box.scrollLeft || x > this.box.scrollLeft + seen - 20) this.box.scrollLeft = x - seen / 2;
  }
}
