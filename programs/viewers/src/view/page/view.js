// The page of sttp-view: takes what the program tells, and shows it.

import { Curves, drawPhasors } from "/plots.js";

const at = (id) => document.getElementById(id);
const SECONDS = 120;
const PACE = 5; // states of all devices in a second
const calm = matchMedia("(prefers-reduced-motion: reduce)");

const curves = {
  frequency: new Curves(at("frequency"), SECONDS * PACE, SECONDS, 0.02, 3),
  change: new Curves(at("change"), SECONDS * PACE, SECONDS, 0.05, 3),
};
const view = {
  names: [],
  events: null,
  streamed: null, // the device that the stream tells of
  told: 0, // the latest event of the log
  rows: [],
  latest: [],
  chosen: 0,
  sort: null,
  descending: false,
  frozen: false,
  generation: null,
  heard: performance.now(),
  drawn: 0,
  sorted: 0,
  described: 0,
  alarms: "",
};

// -- numbers as text --

const number = (value, digits) => value === null || value === undefined ? "–" : value.toFixed(digits);
const count = (value) => Math.round(value).toLocaleString("en");
function magnitude(value, unit) {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  if (size >= 1e6) return `${(value / 1e6).toFixed(3)} M${unit}`;
  if (size >= 1e3) return `${(value / 1e3).toFixed(size >= 1e5 ? 1 : 2)} k${unit}`;
  return `${value.toFixed(1)} ${unit}`;
}
const degrees = (value) => value === null || value === undefined ? "–" : `${value.toFixed(1)}°`;

// Changes the document only where it is another text.
function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function make(name, parent, properties = {}) {
  const element = Object.assign(document.createElement(name), properties);
  parent.append(element);
  return element;
}

// -- the table of all devices --

const COLUMNS = ["state", "frequency", "change", "voltage", "angle", "frames", "silence", "flags"];
const column = (name) => COLUMNS.indexOf(name);
const seen = new IntersectionObserver((entries) => {
  for (const entry of entries) view.rows[entry.target.dataset.place].isSeen = entry.isIntersecting;
}, { root: document.querySelector(".scroll"), rootMargin: "200px" });

function makeRows() {
  seen.disconnect();
  at("rows").replaceChildren();
  view.rows = view.names.map((name, place) => {
    const row = make("tr", at("rows"));
    row.dataset.place = place;
    const head = make("th", row, { scope: "row" });
    const button = make("button", head, { type: "button", textContent: name, tabIndex: -1 });
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => choose(place));
    const cells = ["number", "number", "number", "number", "number", "state"].map((kind) =>
      make("td", row, { className: kind }));
    seen.observe(row);
    return { row, button, cells, isSeen: place < 50 };
  });
  find();
}

function showRow(place) {
  const { row, cells } = view.rows[place];
  const [state, frequency, change, voltage, angle, frames, silence, flags] = view.latest[place];
  if (row.className !== state) row.className = state;
  const told = state === "silent" ? `silent for ${silence} s` : flags && state !== "good" ? `${state}: ${flags}` : state;
  [number(frequency, 4), number(change, 3), magnitude(voltage, "V"), degrees(angle), number(frames, 0), told]
    .forEach((text, cell) => put(cells[cell], text));
}

function find() {
  const wanted = at("search").value.trim().toLowerCase();
  let shown = 0;
  view.rows.forEach(({ row }, place) => {
    row.hidden = !view.names[place].toLowerCase().includes(wanted);
    shown += row.hidden ? 0 : 1;
  });
  put(at("shown"), wanted ? `${shown} of ${view.names.length}` : `${view.names.length}`);
}

const WORST = ["alarm", "silent", "warning", "unknown", "waiting", "good"];

function sortRows() {
  if (view.sort === null) return;
  const key = (place) => {
    if (view.sort === "name") return view.names[place].toLowerCase();
    const value = view.latest[place]?.[column(view.sort)];
    return view.sort === "state" ? WORST.indexOf(value) : value ?? -Infinity;
  };
  const order = view.rows.map((_, place) => place).sort((one, other) => {
    const [first, second] = [key(one), key(other)];
    const way = first < second ? -1 : first > second ? 1 : one - other;
    return view.descending ? -way : way;
  });
  const isSame = order.every((place, index) => at("rows").children[index] === view.rows[place].row);
  if (isSame) return;
  const focused = document.activeElement;
  at("rows").append(...order.map((place) => view.rows[place].row));
  if (at("rows").contains(focused)) focused.focus({ preventScroll: true });
}

function sortBy(name) {
  view.descending = view.sort === name && !view.descending;
  view.sort = name;
  for (const button of document.querySelectorAll("[data-sort]")) {
    const way = button.dataset.sort !== name ? "none" : view.descending ? "descending" : "ascending";
    button.parentElement.setAttribute("aria-sort", way);
  }
  sortRows();
}

// -- the chosen device --

function choose(place) {
  view.rows.forEach(({ button }, other) => {
    button.setAttribute("aria-pressed", String(other === place));
    button.tabIndex = other === place ? 0 : -1;
  });
  view.chosen = place;
  const name = view.names[place] ?? "";
  put(at("device-title"), name || "–");
  put(at("chosen-name"), name || "–");
  if (name && name !== view.streamed) listen(name);
  draw();
}

let deviceDrawn = 0;

function showDevice(device) {
  if (!device || device.name !== view.names[view.chosen] || view.frozen || tooSoon(deviceDrawn)) return;
  deviceDrawn = performance.now();
  const last = ["silent", "unknown"].includes(device.state) ? `${device.state}; the last: ` : "";
  const status = device.status === null ? "" : `, status 0x${device.status.toString(16).padStart(4, "0")}`;
  put(at("device-line"), `${last}${number(device.frequency, 4)} Hz, ${number(device.dfdt, 3)} Hz/s, ` +
    `${number(device.frames_per_second, 0)} of ${device.expected_frames_per_second ?? "?"} frames/s${status}` +
    `${device.flags.length ? `, ${device.flags.join(", ")}` : ""}`);
  drawPhasors(at("phasors"), device.phasors);
  const rows = at("phasor-rows");
  while (rows.children.length > device.phasors.length) rows.lastChild.remove();
  device.phasors.forEach((phasor, place) => {
    const row = rows.children[place] ?? makePhasorRow(rows);
    const unit = phasor.kind === "I" ? "A" : "V";
    [String(place + 1), `${phasor.label} ${phasor.phase}`.trim(), magnitude(phasor.magnitude, unit), degrees(phasor.angle)]
      .forEach((text, cell) => put(row.children[cell], text));
  });
}

function makePhasorRow(rows) {
  const row = make("tr", rows);
  for (const kind of ["", "", "number", "number"]) make("td", row, { className: kind });
  return row;
}

// -- alarms and the log --

function showAlarms(connection) {
  const bad = view.latest.map((device, place) => ({ place, state: device[0], silence: device[6], flags: device[7] }))
    .filter(({ state }) => ["alarm", "silent", "warning"].includes(state))
    .sort((one, other) => WORST.indexOf(one.state) - WORST.indexOf(other.state) || one.place - other.place);
  const told = bad.map(({ place, state, flags }) => `${view.names[place]}: ${state === "silent" ? "silent" : flags}`);
  // Of no device, so that nothing is to be chosen.
  const alone = connection.alarm ? [connection.alarm.replace(/T(\d\d:\d\d:\d\d)\S*/, " $1Z")] : [];
  const all = [...alone, ...told];
  put(at("alarms-title"), all.length === 0 ? "No alarms" : all.length === 1 ? "1 alarm" : `${all.length} alarms`);
  at("alarms").classList.toggle("some", all.length > 0);
  document.title = `${all.length ? `(${all.length}) ` : ""}${at("publisher").textContent} – sttp-view`;
  const text = all.join("\n");
  if (text === view.alarms) return;
  const before = new Set(view.alarms.split("\n"));
  const news = all.filter((line) => !before.has(line));
  view.alarms = text;
  if (news.length) put(at("announce"), `Alarm: ${news.slice(0, 3).join("; ")}${news.length > 3 ? ", and more" : ""}`);
  else if (!all.length) put(at("announce"), "No alarms any more");
  const list = at("alarm-list");
  const focused = document.activeElement?.dataset?.place;
  list.replaceChildren();
  for (const line of alone) make("li", list, { className: "alarm", textContent: line });
  for (const [index, { place, state }] of bad.slice(0, 50).entries()) {
    const button = make("button", make("li", list), { type: "button", className: state, textContent: told[index] });
    button.dataset.place = place;
    button.addEventListener("click", () => choose(place));
    if (focused === String(place)) button.focus({ preventScroll: true });
  }
}

function log(events) {
  for (const [number, time, severity, text] of events) {
    if (number <= view.told) continue;
    view.told = number;
    const line = document.createElement("li");
    line.className = severity;
    line.textContent = `${time.slice(11, 19)} ${severity === "Info" ? "" : `${severity}: `}${text}`;
    at("log").prepend(line);
  }
  while (at("log").children.length > 200) at("log").lastChild.remove();
}

// -- all of it --

function showConnection(time, connection) {
  put(at("publisher"), connection.publisher);
  put(at("connection"), connection.security ? `${connection.state}, ${connection.security}` : connection.state);
  at("connection").classList.toggle("bad", connection.state !== "subscribed");
  put(at("signals"), count(connection.signals));
  put(at("rate"), count(connection.measurements_per_second));
  put(at("bits"), count(connection.bytes_per_second * 8 / 1000));
  put(at("latency"), connection.latency_ms === null ? "–" : connection.latency_ms.mean.toFixed(1));
  const { packets, damaged, measurements } = connection.lost;
  put(at("lost"), count(packets + damaged + measurements));
  put(at("reconnects"), count(connection.reconnects));
  put(at("clock"), `${time.slice(11, 19)}Z`);
}

// With reduced motion nothing moves more than once a second.
const tooSoon = (before) => performance.now() - before < (calm.matches ? 1000 : 0);

function draw() {
  requestAnimationFrame(() => {
    curves.frequency.draw(view.chosen);
    curves.change.draw(view.chosen);
  });
}

function describe() {
  const name = view.names[view.chosen];
  at("frequency").setAttribute("aria-label", curves.frequency.describe("Frequency", "hertz", name, view.chosen));
  at("change").setAttribute("aria-label",
    curves.change.describe("Rate of change", "hertz per second", name, view.chosen));
}

function start({ generation, devices }) {
  const chosen = view.names[view.chosen];
  if (view.generation === null) {
    view.told = 0;
    at("log").replaceChildren();
  }
  view.generation = generation;
  view.names = devices.map(({ name }) => name);
  view.latest = [];
  const spread = (points) => points.flatMap((point) => Array(PACE).fill(point ?? NaN));
  curves.frequency.reset(devices.map(({ frequency }) => spread(frequency)));
  curves.change.reset(devices.map(({ change }) => spread(change)));
  makeRows();
  // A stream that was asked for none tells of the first.
  view.streamed ??= view.names[0] ?? null;
  choose(Math.max(0, view.names.indexOf(chosen)));
}

function state({ generation, time, connection, devices, events }) {
  view.heard = performance.now();
  log(events);
  if (generation !== view.generation) return;
  const first = view.latest.length === 0;
  curves.frequency.add(devices.map((device) => device[column("frequency")]));
  curves.change.add(devices.map((device) => device[column("change")]));
  if (view.frozen || (tooSoon(view.drawn) && !first)) return;
  view.drawn = performance.now();
  view.latest = devices;
  showConnection(time, connection);
  view.rows.forEach(({ isSeen, row }, place) => { if ((isSeen && !row.hidden) || first) showRow(place); });
  showAlarms(connection);
  draw();
  if (performance.now() - view.sorted > 2000) {
    view.sorted = performance.now();
    sortRows();
  }
  if (performance.now() - view.described > 5000) {
    view.described = performance.now();
    describe();
  }
}

// One stream for all of it, begun anew for another device. It goes on from what is known; after it was lost, when
// nobody knows what is missing, it tells everything.
function listen(device) {
  view.events?.close();
  view.streamed = device;
  const asked = new URLSearchParams();
  if (device !== null) asked.set("device", device);
  if (view.generation !== null) asked.set("known", view.generation);
  const events = view.events = new EventSource(`/events?${asked}`);
  events.addEventListener("start", (event) => start(JSON.parse(event.data)));
  events.addEventListener("state", (event) => state(JSON.parse(event.data)));
  events.addEventListener("device", (event) => showDevice(JSON.parse(event.data)));
  events.addEventListener("error", () => {
    events.close();
    view.generation = null;
    setTimeout(() => { if (view.events === events) listen(view.streamed); }, 1000);
  });
}
listen(null);

// Who looks at old values has to know.
setInterval(() => {
  const age = Math.round((performance.now() - view.heard) / 1000);
  const isStale = age >= 3;
  document.body.classList.toggle("stale", isStale);
  at("stale").hidden = !isStale;
  if (isStale) put(at("stale"), `sttp-view does not answer. What is shown is ${age} s old.`);
}, 1000);

at("freeze").addEventListener("click", () => {
  view.frozen = !view.frozen;
  at("freeze").setAttribute("aria-pressed", String(view.frozen));
  put(at("freeze"), view.frozen ? "Frozen: go on" : "Freeze");
  document.body.classList.toggle("frozen", view.frozen);
});
at("search").addEventListener("input", find);
for (const button of document.querySelectorAll("[data-sort]")) {
  button.addEventListener("click", () => sortBy(button.dataset.sort));
}

// One stop of the Tab key for the whole table; arrows move inside it.
at("rows").addEventListener("keydown", (event) => {
  const row = event.target.closest("tr");
  const rows = [...at("rows").children].filter((other) => !other.hidden);
  const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15, Home: -Infinity, End: Infinity }[event.key];
  if (!row || step === undefined) return;
  event.preventDefault();
  const place = Math.min(rows.length - 1, Math.max(0, rows.indexOf(row) + step));
  const button = rows[place].querySelector("button");
  for (const { button: other } of view.rows) other.tabIndex = -1;
  button.tabIndex = 0;
  button.focus();
});
window.addEventListener("resize", draw);
