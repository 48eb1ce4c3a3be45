"use strict";

// Everything that people typed is put in as text, never as markup.

const $ = (id) => document.getElementById(id);

const SIGNS = {
  "online": ["✓", "available"], "idle-online": ["i", "available, idle"], "busy": ["■", "busy"],
  "idle-busy": ["□", "busy, idle"], "do-not-disturb": ["–", "do not disturb"], "be-right-back": ["…", "back soon"],
  "away": ["a", "away"], "offline": ["×", "offline"], "none": ["?", "not known"], "denied": ["!", "access denied"],
};
const LINES = {
  "free": ["f", "free"], "on": ["f", "on"], "in-call": ["c", "in a call"], "held": ["h", "holds a call"],
  "ringing": ["r", "rings"], "dialling": ["d", "dials"], "do-not-disturb": ["–", "do not disturb"],
  "voicemail": ["v", "diverted to voicemail"], "diverted": ["→", "diverted to a number"], "off": ["×", "off"],
  "none": ["", "nothing is known"],
};

let about = null;
let offset = 0; // simulated time = about.now + (performance.now() - offset) * speed
let events = null;
let resume = null;
let fade = 0;
const people = new Map();
const shown = new Map();
let open = null;
let day = null;
let looks = 0; // how often the day of this card was asked for again
let refresh = 0;

// --- small things ---------------------------------------------------------------------------------------------------

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function lamp(icon) {
  const [sign, words] = SIGNS[icon] ?? SIGNS.none;
  return make("span", { class: "lamp " + icon, role: "img", "aria-label": words, title: words }, sign);
}

function line(icon, what) {
  const [sign, words] = LINES[icon] ?? LINES.none;
  const label = what + ": " + words;
  return make("span", { class: "line " + icon, role: "img", "aria-label": label, title: label }, sign);
}

const now = () => new Date(Date.parse(about.now) + (performance.now() - offset) * about.speed);
const format = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: about.zone, ...options });
const dateOf = (time) => new Intl.DateTimeFormat("sv-SE", { timeZone: about.zone, dateStyle: "short" }).format(time);
const clockOf = (time) => format({ hour: "2-digit", minute: "2-digit" }).format(time);

function when(text) {
  const time = new Date(text);
  if (dateOf(time) === dateOf(now())) return clockOf(time);
  return format({ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }).format(time);
}

function spoken(word) {
  const text = word.replaceAll("-", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

async function ask(path, method = "GET", body = undefined) {
  const headers = method === "GET" ? {} : { "Content-Type": "application/json" };
  const answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  if (answer.status === 204) return null;
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error + ": " + told.hint);
  return told;
}

const at = (id, rest = "") => "/api/people/" + encodeURIComponent(id) + rest;
const as = () => "viewer=" + encodeURIComponent($("viewer").value);

// --- the busy-lamp field --------------------------------------------------------------------------------------------

function row(person) {
  const beside = make("span", { class: "beside" },
    person.note ? make("span", { class: "line note", role: "img", "aria-label": "there is a note", title: "there is a note" }, "✎") : null,
    line(person.icons.desk, "desk"), line(person.icons.mobile, "mobile"));
  const button = make("button", {
    type: "button", class: "person" + (person.stale ? " stale" : ""), tabindex: "-1", "data-id": person.id,
    onclick: () => show(person.id),
  }, lamp(person.icons.person), make("span", { class: "name" }, person.name),
  make("span", { class: "words" }, person.words), beside);
  if (open === person.id) button.setAttribute("aria-current", "true");
  return button;
}

function fits(person) {
  const text = $("search").value.trim().toLowerCase();
  if (text && !person.name.toLowerCase().includes(text) && !person.id.toLowerCase().includes(text)) return false;
  return !$("free").checked || isFree(person);
}

const isFree = (person) => person.icons.person === "online" || person.icons.person === "idle-online";

function draw() {
  const focused = document.activeElement?.dataset?.id;
  const groups = new Map();
  for (const person of people.values()) {
    if (!fits(person)) continue;
    const name = person.department ?? "Other companies";
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(person);
  }
  shown.clear();
  const sections = [...groups.entries()].sort(([a], [b]) => a.localeCompare(b)).map(([name, members]) => {
    members.sort((a, b) => a.name.localeCompare(b.name));
    const rows = members.map((person) => {
      const button = row(person);
      shown.set(person.id, button);
      return button;
    });
    const count = members.filter(isFree).length + " of " + members.length + " free";
    return make("section", { "aria-label": name }, make("h2", {}, name, make("span", {}, count)),
      make("div", { class: "group" }, ...rows));
  });
  $("field").replaceChildren(...sections);
  if (sections.length === 0) $("field").append(make("p", { class: "empty" }, "Nobody fits."));
  const first = shown.get(focused) ?? shown.values().next().value;
  first?.setAttribute("tabindex", "0");
  if (focused && shown.has(focused)) shown.get(focused).focus({ preventScroll: true });
}

// One row in place, unless it comes or goes; counts are brought up to date with it.
function redraw(changed) {
  if ($("free").checked || changed.some((person) => shown.has(person.id) !== fits(person))) return draw();
  const sections = new Set();
  for (const person of changed) {
    const old = shown.get(person.id);
    if (!old) continue;
    const button = row(person);
    button.setAttribute("tabindex", old.getAttribute("tabindex"));
    const focused = document.activeElement === old;
    old.replaceWith(button);
    if (focused) button.focus({ preventScroll: true });
    shown.set(person.id, button);
    sections.add(button.closest("section"));
  }
  for (const section of sections) {
    const ids = [...section.querySelectorAll(".person")].map((button) => people.get(button.dataset.id));
    section.querySelector("h2 span").textContent = ids.filter(isFree).length + " of " + ids.length + " free";
  }
}

// --- live -----------------------------------------------------------------------------------------------------------

function state(word, text = word) {
  $("connection").dataset.state = word;
  $("connection").textContent = text;
  clearTimeout(fade);
  if (word === "live") document.body.classList.remove("down");
  else if (word === "down") document.body.classList.add("down");
  // What is not confirmed soon must not look fresh.
  else fade = setTimeout(() => document.body.classList.add("down"), 4000);
}

function listen() {
  events?.close();
  const department = $("department").value;
  let path = "/api/events?" + as();
  if (department) path += "&department=" + encodeURIComponent(department);
  if (resume) path += "&since=" + encodeURIComponent(resume);
  events = new EventSource(path);
  events.addEventListener("whole", (event) => { people.clear(); told(event); draw(); });
  events.addEventListener("changes", (event) => { const changed = told(event); changed === null ? draw() : redraw(changed); });
  events.addEventListener("down", () => { events.close(); again("down", "the engine is down"); });
  events.onopen = () => state("live");
  events.onerror = () => {
    state("reconnecting");
    // A refused stream is not tried again by the browser.
    if (events.readyState === EventSource.CLOSED) again("reconnecting");
  };
}

function again(word, text) {
  state(word, text);
  const old = events;
  setTimeout(() => { if (events === old) listen(); }, 2000);
}

function told(event) {
  const news = JSON.parse(event.data);
  resume = event.lastEventId || resume;
  state("live");
  news.rows.forEach((person) => people.set(person.id, person));
  news.gone.forEach((id) => people.delete(id));
  if (news.directory) learn();
  if (open && (event.type === "whole" || news.rows.some((person) => person.id === open))) soon();
  return news.gone.length ? null : news.rows;
}

function listenAnew() {
  resume = null;
  listen();
}

// --- the card -------------------------------------------------------------------------------------------------------

function soon() {
  clearTimeout(refresh);
  refresh = setTimeout(() => { if (open) fill(open); }, 300);
}

async function show(id) {
  shown.get(open)?.removeAttribute("aria-current");
  open = id;
  day = null;
  looks = 0;
  history.replaceState(null, "", "#" + encodeURIComponent(id));
  shown.get(id)?.setAttribute("aria-current", "true");
  $("card-error").hidden = true;
  await fill(id);
  if (open === id) $("card-name").focus();
}

function close() {
  if (!open) return;
  const id = open;
  open = null;
  $("card").hidden = true;
  history.replaceState(null, "", location.pathname);
  const button = shown.get(id);
  button?.removeAttribute("aria-current");
  button?.focus();
}

async function fill(id) {
  try {
    const shownDay = day ?? dateOf(now());
    const [card, why, calendar, others] = await Promise.all([
      ask(at(id, "?" + as())), ask(at(id, "/why?" + as())),
      ask(at(id, "/calendar?date=" + shownDay + "&" + as())), ask(at(id, "/alternatives?" + as())),
    ]);
    if (open !== id) return;
    head(card);
    const sentences = why.sentences.map((text) => make("li", {}, humane(text)));
    $("card-why").replaceChildren(...sentences.slice(0, 2));
    $("card-said").replaceChildren(...sentences.slice(2));
    meetings(calendar);
    // Times come first, and what the meetings are a moment later.
    if (calendar.meetings.some((meeting) => meeting.title === null) && looks < 3) {
      looks += 1;
      setTimeout(() => open === id && fill(id), 1500);
    }
    notes(id, card.notes);
    absences(id, card.absences);
    alternatives(others);
    $("card").hidden = false;
  } catch (error) {
    wrong(error);
  }
}

// Sentences hold times in UTC; people read the clock on the wall.
const humane = (text) => text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (time) => when(time));

function head(card) {
  $("card-name").textContent = card.name;
  const skills = card.skills.length ? " · " + card.skills.join(", ") : "";
  $("card-line").textContent = (card.department ?? "Other company") + skills;
  const until = card.until ? " until " + when(card.until) : "";
  const since = card.row.since ? ", since " + when(card.row.since) : "";
  const text = card.words + until + since + (card.row.stale ? " – not confirmed" : "");
  if ($("card-state").dataset.text !== text) {
    $("card-state").dataset.text = text;
    $("card-state").replaceChildren(lamp(card.icons.person), text);
  }
  const telephone = (icon) => [line(icon, "telephone"), (LINES[icon] ?? LINES.none)[1]];
  const entries = [["Desk", telephone(card.icons.desk)], ["Mobile", telephone(card.icons.mobile)],
    ["Account", [card.rich_words]], ["Telephony", [card.telephony_words]]];
  if (card.message) entries.push(["Says", [card.message]]);
  if (card.meeting) entries.push(["Now", [(card.meeting.title ?? "Meeting") + " until " + when(card.meeting.end)]]);
  entries.push(["Reach", [card.addresses.map(([, address]) => address).join(", ") || "no address"]]);
  $("card-lamps").replaceChildren(...entries.flatMap(([term, texts]) => [make("dt", {}, term), make("dd", {}, ...texts)]));
}

// Minutes after the midnight of a date; what is before or after that day is cut off.
function minutes(text, date) {
  const time = new Date(text);
  const its = dateOf(time);
  if (its !== date) return its < date ? 0 : 1440;
  const [hour, minute] = clockOf(time).split(":").map(Number);
  return hour * 60 + minute;
}

function block(meeting) {
  const title = meeting.title ?? "Meeting";
  const times = meeting.days ? "all day" : clockOf(new Date(meeting.start)) + "–" + clockOf(new Date(meeting.end));
  const words = [title, times, meeting.bar.text, meeting.fill.text, meeting.place].filter(Boolean).join(", ");
  const element = make("div", { class: "meeting " + meeting.bar.class, title: words, tabindex: "0", role: "listitem", "aria-label": words },
    make("b", {}, title), " " + times + (meeting.place ? ", " + meeting.place : ""));
  element.style.setProperty("--fill", meeting.fill.css);
  element.style.setProperty("--bar", meeting.bar.css);
  return element;
}

function meetings(calendar) {
  const { date } = calendar;
  const today = dateOf(now());
  $("day-unknown").hidden = calendar.known;
  $("day-date").value = date;
  $("day-name").textContent = date === today ? "Today" : format({ weekday: "short", day: "numeric", month: "short" }).format(new Date(date + "T12:00:00Z"));
  $("all-day").replaceChildren(...calendar.meetings.filter((meeting) => meeting.days).map((meeting) => make("li", {}, block(meeting))));
  const timed = calendar.meetings.filter((meeting) => !meeting.days)
    .map((meeting) => ({ meeting, from: minutes(meeting.start, date), until: minutes(meeting.end, date) }));
  const first = Math.min(8 * 60, ...timed.map((one) => Math.floor(one.from / 60) * 60));
  const last = Math.max(17 * 60, ...timed.map((one) => Math.ceil(one.until / 60) * 60));
  const scale = 0.6;
  const canvas = $("day");
  canvas.replaceChildren();
  canvas.setAttribute("role", "list");
  canvas.style.height = (last - first) * scale + 2 + "px";
  for (let hour = first / 60; hour * 60 < last; hour += 1) {
    const mark = make("div", { class: "hour", "aria-hidden": "true" }, String(hour).padStart(2, "0") + ":00");
    mark.style.top = (hour * 60 - first) * scale + "px";
    canvas.append(mark);
  }
  // Meetings that overlap stand side by side.
  const lanes = [];
  for (const one of timed) {
    one.lane = lanes.findIndex((end) => end <= one.from);
    if (one.lane < 0) one.lane = lanes.push(0) - 1;
    lanes[one.lane] = one.until;
  }
  for (const one of timed) {
    const element = block(one.meeting);
    const crowd = Math.max(...timed.filter((other) => other.from < one.until && other.until > one.from).map((other) => other.lane)) + 1;
    element.style.top = (one.from - first) * scale + "px";
    const height = Math.max(16, (one.until - one.from) * scale - 1);
    element.style.height = height + "px";
    if (height < 30) element.classList.add("short");
    element.style.left = "calc(2.7rem + (100% - 3rem) * " + one.lane / crowd + ")";
    element.style.width = "calc((100% - 3rem) * " + 1 / crowd + " - 2px)";
    canvas.append(element);
  }
  const minute = minutes(now(), date);
  if (date === today && minute > first && minute < last) {
    const mark = make("div", { class: "now", "aria-hidden": "true" });
    mark.style.top = (minute - first) * scale + "px";
    canvas.append(mark);
  }
}

function another(days) {
  const date = new Date((day ?? dateOf(now())) + "T12:00:00Z");
  date.setUTCDate(date.getUTCDate() + days);
  goTo(date.toISOString().slice(0, 10));
}

function goTo(date) {
  if (!date) return;
  day = date;
  looks = 0;
  if (open) fill(open);
}

function remove(label, path) {
  return make("button", { type: "button", "aria-label": label, title: label, onclick: async () => {
    try { await ask(path, "DELETE"); soon(); } catch (error) { wrong(error); }
  } }, "✕");
}

function notes(id, list) {
  const items = list.map((note) => make("li", {},
    make("p", {}, note.text, make("small", {}, note.author + ", " + when(note.written)
      + (note.back_at ? ", back at " + when(note.back_at) : "") + (note.until ? ", until " + when(note.until) : ""))),
    remove("Remove the note", at(id, "/notes/" + encodeURIComponent(note.id)))));
  $("notes").replaceChildren(...(items.length ? items : [make("li", { class: "empty" }, "None")]));
}

function absences(id, list) {
  const items = list.map((absence) => make("li", {},
    make("p", {}, spoken(absence.activity), absence.text ? ": " + absence.text : "",
      make("small", {}, when(absence.from) + " – " + (absence.until ? when(absence.until) : "open")
        + (absence.diversion ? ", calls to " + absence.diversion : "")
        + (absence.replacement ? ", stands in: " + (people.get(absence.replacement)?.name ?? absence.replacement) : ""))),
    remove("Cancel the absence", at(id, "/absences/" + encodeURIComponent(absence.from)))));
  $("absences").replaceChildren(...(items.length ? items : [make("li", { class: "empty" }, "None")]));
}

function alternatives(list) {
  const items = list.slice(0, 6).map((other) => {
    const text = (other.until ? "until " + when(other.until) : "no end known") + (other.skills.length ? ", " + other.skills.join(", ") : "");
    return make("li", {}, make("button", { type: "button", onclick: () => show(other.person) }, other.name), " ", text);
  });
  $("others").replaceChildren(...(items.length ? items : [make("li", { class: "empty" }, "Nobody just now")]));
}

function wrong(error) {
  $("card-error").textContent = error.message;
  $("card-error").hidden = false;
  $("card").hidden = false;
}

function send(form, path) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const fields = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
    try {
      await ask(at(open, path), "POST", fields);
      $("card-error").hidden = true;
      const author = fields.author;
      form.reset();
      if (author) form.elements.author.value = author;
      soon();
    } catch (error) { wrong(error); }
  });
}

// --- connectors -----------------------------------------------------------------------------------------------------

async function health() {
  try {
    const told = await ask("/api/diagnostics");
    $("connectors").replaceChildren(...told.connectors.filter((one) => one.source !== "typed").map((one) => {
      const well = one.text === "UpAndRunning";
      const advice = one.trouble && !well ? one.trouble.text + "; " + one.trouble.advice : null;
      return make("li", { class: well ? "" : "trouble", title: advice }, one.source + ": " + one.text);
    }));
    const open = told.warnings.filter((warning) => !warning.acknowledged);
    $("warnings").replaceChildren(...open.slice(0, 5).map((warning) => make("li", {}, "⚠ " + warning.text,
      make("button", { type: "button", onclick: async () => {
        await ask("/api/warnings/" + encodeURIComponent(warning.code) + "/acknowledge", "POST", {});
        health();
      } }, "Seen"))));
  } catch {
    $("connectors").replaceChildren(make("li", { class: "trouble" }, "no answer"));
  }
}

// --- the keyboard ---------------------------------------------------------------------------------------------------

function move(key) {
  const buttons = [...shown.values()];
  const here = document.activeElement?.classList.contains("person") ? document.activeElement : null;
  if (!here) return (buttons[0] ?? $("search")).focus();
  const index = buttons.indexOf(here);
  let next = null;
  if (key === "ArrowRight") next = buttons[index + 1];
  if (key === "ArrowLeft") next = buttons[index - 1];
  if (key === "ArrowDown" || key === "ArrowUp") {
    // The nearest in the next line, whatever group that is in.
    const box = here.getBoundingClientRect();
    const below = key === "ArrowDown";
    const rest = buttons.map((button) => [button, button.getBoundingClientRect()])
      .filter(([, other]) => below ? other.top > box.top + 4 : other.top < box.top - 4);
    const lines = rest.map(([, other]) => other.top);
    const line = below ? Math.min(...lines) : Math.max(...lines);
    next = rest.filter(([, other]) => Math.abs(other.top - line) < 4)
      .sort((a, b) => Math.abs(a[1].left - box.left) - Math.abs(b[1].left - box.left))[0]?.[0];
  }
  if (!next) return;
  here.setAttribute("tabindex", "-1");
  next.setAttribute("tabindex", "0");
  next.focus();
}

function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof Element)) return;
  const typing = event.target.closest("input, textarea, select");
  if (event.key === "Escape") {
    if (event.target === $("search") && $("search").value) { $("search").value = ""; draw(); } else close();
  } else if (event.key === "/" && !typing) {
    event.preventDefault();
    $("search").focus();
  } else if (event.key.startsWith("Arrow") && (event.target.closest("#field") || event.target === document.body
      || event.target === $("search") && event.key === "ArrowDown")) {
    event.preventDefault();
    move(event.key);
  } else if (event.key === "Enter" && event.target === $("search")) {
    event.preventDefault();
    const first = shown.keys().next().value;
    if (first) show(first);
  }
}

// --- the beginning --------------------------------------------------------------------------------------------------

function options(select, values, text = (value) => value) {
  const chosen = select.value;
  select.replaceChildren(...values.map((value) => make("option", { value }, text(value))));
  if (values.includes(chosen)) select.value = chosen;
}

async function learn() {
  about = await ask("/api/about");
  offset = performance.now();
  $("demonstration").hidden = !about.demonstration;
  $("speed").textContent = about.speed + " times";
  options($("department"), ["", ...about.departments], (name) => name || "All");
  const first = $("viewer").options.length === 0;
  options($("viewer"), about.viewers);
  if (first) $("viewer").value = about.viewer;
  options($("absence-form").elements.reason, about.reasons, spoken);
}

function tick() {
  $("clock").textContent = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(now());
  $("date").textContent = format({ weekday: "short", day: "numeric", month: "short" }).format(now());
}

async function begin() {
  try {
    await learn();
  } catch {
    state("reconnecting");
    setTimeout(begin, 2000);
    return;
  }
  listen();
  health();
  tick();
  setInterval(tick, 250);
  setInterval(health, 3000);
  setInterval(() => { if (open) fill(open); }, 15000);
  const wanted = decodeURIComponent(location.hash.slice(1));
  if (wanted) show(wanted);
  $("legend").replaceChildren(...["online", "busy", "do-not-disturb", "away", "offline", "none"]
    .map((icon) => make("li", {}, SIGNS[icon][0] + " " + SIGNS[icon][1])));
}

$("search").addEventListener("input", draw);
$("free").addEventListener("change", draw);
$("department").addEventListener("change", listenAnew);
$("viewer").addEventListener("change", () => { listenAnew(); soon(); });
$("filter").addEventListener("submit", (event) => event.preventDefault());
$("close").addEventListener("click", close);
$("day-before").addEventListener("click", () => another(-1));
$("day-after").addEventListener("click", () => another(1));
$("day-date").addEventListener("change", (event) => goTo(event.target.value));
$("absence-form").elements.replacement.addEventListener("focus", () => {
  $("people").replaceChildren(...[...people.values()].map((person) => make("option", { value: person.id }, person.name)));
});
document.addEventListener("keydown", key);
send($("note-form"), "/notes");
send($("absence-form"), "/absences");
begin();
