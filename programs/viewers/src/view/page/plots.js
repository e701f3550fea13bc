// Curves and phasors on canvases.

const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue(`--${name}`).trim();

// Beyond so many lines a band from the least to the greatest is drawn instead.
const MOST_LINES = 24;

// Makes a canvas as large as it is shown, and tells the pen and its size.
function pen(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = "12px system-ui, sans-serif";
  return { context, width, height };
}

// The last values of many devices, sampled at one pace.
export class Curves {
  constructor(canvas, samples, seconds, leastSpan, digits) {
    Object.assign(this, { canvas, samples, seconds, leastSpan, digits });
    this.reset([]);
  }

  // Each device has what is known of it already, the latest last.
  reset(histories) {
    this.next = 0;
    this.lines = histories.map((history) => {
      const line = new Float32Array(this.samples).fill(NaN);
      line.set(history.slice(-this.samples), Math.max(0, this.samples - history.length));
      return line;
    });
    this.least = new Float32Array(this.samples);
    this.most = new Float32Array(this.samples);
    for (let place = 0; place < this.samples; place++) this.enclose(place);
  }

  // Takes the latest value of each device; null is none.
  add(values) {
    this.lines.forEach((line, device) => { line[this.next] = values[device] ?? NaN; });
    this.enclose(this.next);
    this.next = (this.next + 1) % this.samples;
  }

  enclose(place) {
    let least = Infinity, most = -Infinity;
    for (const line of this.lines) {
      if (line[place] < least) least = line[place];
      if (line[place] > most) most = line[place];
    }
    this.least[place] = least;
    this.most[place] = most;
  }

  range() {
    const least = Math.min(...this.least), most = Math.max(...this.most);
    if (!(least <= most)) return null;
    const span = Math.max(most - least, this.leastSpan) * 1.1;
    return { least, most, bottom: (least + most - span) / 2, span };
  }

  draw(chosen) {
    const { context, width, height } = pen(this.canvas);
    const range = this.range();
    context.fillStyle = colour("quiet");
    if (!range) {
      context.fillText("Nothing has come yet.", 8, 20);
      return;
    }
    const left = 58, bottom = height - 16;
    const x = (place) => left + (width - left - 4) * place / (this.samples - 1);
    const y = (value) => bottom - (bottom - 4) * (value - range.bottom) / range.span;
    this.drawAxes(context, range, left, bottom, width, y);
    context.lineWidth = 1;
    if (this.lines.length > MOST_LINES) {
      this.drawBand(context, x, y);
    } else {
      context.strokeStyle = colour("others");
      this.lines.forEach((line, device) => { if (device !== chosen) this.drawLine(context, line, x, y); });
    }
    if (this.lines[chosen]) {
      context.strokeStyle = colour("chosen");
      context.lineWidth = 2;
      this.drawLine(context, this.lines[chosen], x, y);
    }
  }

  drawAxes(context, range, left, bottom, width, y) {
    context.strokeStyle = colour("line");
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const part of [0.05, 0.35, 0.65, 0.95]) {
      const value = range.bottom + range.span * part;
      context.fillText(value.toFixed(this.digits), left - 6, y(value));
      context.beginPath();
      context.moveTo(left, y(value));
      context.lineTo(width - 4, y(value));
      context.stroke();
    }
    context.textBaseline = "top";
    context.fillText("now", width - 4, bottom + 3);
    context.textAlign = "left";
    context.fillText(`${this.seconds} s ago`, left, bottom + 3);
  }

  drawLine(context, line, x, y) {
    context.beginPath();
    let down = false;
    for (let place = 0; place < this.samples; place++) {
      const value = line[(this.next + place) % this.samples];
      if (Number.isNaN(value)) {
        down = false;
      } else if (down) {
        context.lineTo(x(place), y(value));
      } else {
        context.moveTo(x(place), y(value));
        down = true;
      }
    }
    context.stroke();
  }

  drawBand(context, x, y) {
    context.fillStyle = colour("others");
    const wide = Math.max(1, x(1) - x(0)) + 0.5;
    for (let place = 0; place < this.samples; place++) {
      const index = (this.next + place) % this.samples;
      if (this.least[index] <= this.most[index]) {
        const top = y(this.most[index]);
        context.fillRect(x(place), top, wide, Math.max(1, y(this.least[index]) - top));
      }
    }
  }

  // What the curves show, in words.
  describe(what, unit, name, chosen) {
    const range = this.range();
    if (!range) return `${what}: nothing has come yet`;
    const text = `${what} of ${this.lines.length} devices, ${this.seconds} seconds: from ` +
      `${range.least.toFixed(this.digits)} to ${range.most.toFixed(this.digits)} ${unit}`;
    const line = this.lines[chosen];
    const now = line && line[(this.next + this.samples - 1) % this.samples];
    return now === undefined || Number.isNaN(now) ? text : `${text}; ${name} is at ${now.toFixed(this.digits)}`;
  }
}

// Voltages reach the circle, currents two thirds of the way.
export function drawPhasors(canvas, phasors) {
  const { context, width, height } = pen(canvas);
  const radius = Math.min(width, height) / 2 - 28;
  const [centreX, centreY] = [width / 2, height / 2];
  context.strokeStyle = colour("line");
  context.lineWidth = 1;
  for (const part of [0.5, 1]) {
    context.beginPath();
    context.arc(centreX, centreY, radius * part, 0, 2 * Math.PI);
    context.stroke();
  }
  context.beginPath();
  context.moveTo(centreX - radius, centreY);
  context.lineTo(centreX + radius, centreY);
  context.moveTo(centreX, centreY - radius);
  context.lineTo(centreX, centreY + radius);
  context.stroke();
  const greatest = (kind) => Math.max(0, ...phasors.filter((one) => one.kind === kind).map((one) => one.magnitude ?? 0));
  const whole = { V: greatest("V"), I: greatest("I") };
  context.textAlign = "center";
  context.textBaseline = "middle";
  const labels = [];
  phasors.forEach((phasor, number) => {
    const { kind, magnitude, angle } = phasor;
    if (magnitude === null || angle === null || !(whole[kind] > 0)) return;
    const length = radius * magnitude / whole[kind] * (kind === "I" ? 0.66 : 1);
    const turn = -angle / 180 * Math.PI;
    const point = (along, across) => [
      centreX + along * Math.cos(turn) - across * Math.sin(turn),
      centreY + along * Math.sin(turn) + across * Math.cos(turn),
    ];
    context.strokeStyle = context.fillStyle = colour(kind === "I" ? "current" : "chosen");
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(centreX, centreY);
    context.lineTo(...point(length, 0));
    context.stroke();
    context.beginPath();
    context.moveTo(...point(length, 0));
    context.lineTo(...point(length - 9, 4));
    context.lineTo(...point(length - 9, -4));
    context.fill();
    // Phasors that lie on each other have their numbers in a row.
    let place = point(length + 9, 0);
    for (let step = 1; labels.some(([x, y]) => Math.hypot(x - place[0], y - place[1]) < 11); step++) {
      place = point(length + 9 + 11 * step, 0);
    }
    labels.push(place);
    context.fillText(number + 1, ...place);
  });
}
