"use strict";
// Everything that an author wrote enters the page as text, never as markup.
const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const stage = byId("stage"), picture = byId("picture"), facts = byId("facts"), search = byId("search"), found = byId("found");
const svg = picture.querySelector("svg");
const width = svg.width.baseVal.value, height = svg.height.baseVal.value;

// Where the picture is

const view = { x: 0, y: 0, scale: 1 };

function show() {
  picture.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
}

function fit() {
  const room = stage.getBoundingClientRect();
  view.scale = Math.min(room.width / width, room.height / height, 1.4) * 0.97;
  view.x = (room.width - width * view.scale) / 2;
  view.y = (room.height - height * view.scale) / 2;
  show();
}

function zoom(factor, x, y) {
  const room = stage.getBoundingClientRect();
  const scale = Math.min(Math.max(view.scale * factor, 0.05), 6);
  const [across, down] = [x ?? room.width / 2, y ?? room.height / 2];
  view.x = across - ((across - view.x) * scale) / view.scale;
  view.y = down - ((down - view.y) * scale) / view.scale;
  view.scale = scale;
  show();
}

function bringIntoView(element) {
  const room = stage.getBoundingClientRect(), box = element.getBoundingClientRect();
  if (view.scale < 0.6) zoom(0.8 / view.scale, box.left + box.width / 2 - room.left, box.top + box.height / 2 - room.top);
  const now = element.getBoundingClientRect();
  if (now.left < room.left || now.right > room.right || now.top < room.top || now.bottom > room.bottom) {
    view.x += room.left + room.width / 2 - (now.left + now.width / 2);
    view.y += room.top + room.height / 2 - (now.top + now.height / 2);
    show();
  }
}

let drag = null;
stage.addEventListener("pointerdown", (event) => {
  if (event.button === 0 && !event.target.closest("button")) drag = { x: event.clientX, y: event.clientY, moved: false };
});
window.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const [across, down] = [event.clientX - drag.x, event.clientY - drag.y];
  if (!drag.moved && Math.hypot(across, down) < 4) return;
  drag = { x: event.clientX, y: event.clientY, moved: true };
  stage.classList.add("dragged");
  view.x += across;
  view.y += down;
  show();
});
window.addEventListener("pointerup", (event) => {
  const clicked = drag && !drag.moved;
  drag = null;
  stage.classList.remove("dragged");
  if (clicked) {
    const target = event.target.closest?.("[data-card], [data-edge]");
    target && picture.contains(target) ? choose(target) : forget();
  }
});
stage.addEventListener("wheel", (event) => {
  event.preventDefault();
  const room = stage.getBoundingClientRect();
  zoom(Math.exp(-event.deltaY * 0.0016), event.clientX - room.left, event.clientY - room.top);
}, { passive: false });
byId("in").addEventListener("click", () => zoom(1.25));
byId("out").addEventListener("click", () => zoom(0.8));
byId("fit").addEventListener("click", fit);

// What is chosen

const all = (selector) => [...picture.querySelectorAll(selector)];

function forget() {
  picture.classList.remove("choosing");
  all(".chosen, .near").forEach((each) => each.classList.remove("chosen", "near"));
  document.querySelectorAll(".marked").forEach((each) => each.classList.remove("marked"));
}

function choose(element) {
  forget();
  picture.classList.add("choosing");
  element.dataset.card !== undefined ? chooseCard(Number(element.dataset.card), element) : chooseEdge(Number(element.dataset.edge));
}

function near(selector) {
  all(selector).forEach((each) => each.classList.add("near"));
}

function chooseCard(number, element) {
  const card = data.cards[number];
  (element ?? all(`[data-card="${number}"]`)[0]).classList.add("chosen");
  data.edges.forEach((edge, at) => {
    if (edge.source === number || edge.dest === number) {
      near(`[data-edge="${at}"]`);
      near(`[data-card="${edge.source}"]`);
      near(`[data-card="${edge.dest}"]`);
    }
  });
  facts.replaceChildren(
    text("h2", card.name),
    ...(card.about ? [text("p", card.about, "hint")] : []),
    ...card.says.map((said) => text("p", said)),
    ...waysOf("Without leaving it", card.stays),
    ...conversation(card),
  );
  mark(card.places);
}

function chooseEdge(number) {
  const edge = data.edges[number];
  all(`[data-edge="${number}"]`).forEach((each) => each.classList.add("chosen"));
  near(`[data-card="${edge.source}"]`);
  near(`[data-card="${edge.dest}"]`);
  const [source, dest] = [data.cards[edge.source], data.cards[edge.dest]];
  facts.replaceChildren(text("h2", `${source.name} → ${dest.name}`), ...waysOf("", edge.ways), ...conversation(source));
  mark(edge.ways.map((way) => way.place));
}

function text(name, content, look) {
  const element = document.createElement(name);
  element.textContent = content;
  if (look) element.className = look;
  return element;
}

function waysOf(title, ways) {
  if (!ways.length) return [];
  const list = document.createElement("ul");
  for (const way of ways) {
    const item = text("li", way.label);
    for (const line of [...way.does, ...way.says]) item.append(text("p", line, "said"));
    list.append(item);
  }
  return title ? [text("h3", title), list] : [list];
}

function conversation(card) {
  return card.conversation ? [text("h3", `A conversation that leads to ${card.name}`), text("pre", card.conversation)] : [];
}

function mark(places) {
  const lines = places.map((place) => byId(place)).filter(Boolean);
  lines.forEach((line) => line.classList.add("marked"));
  lines[0]?.scrollIntoView({ block: "center" });
}

// Lines are thin: a wide one that is not seen takes the clicks for each.
for (const group of all(".edge[data-edge]")) {
  const wide = group.querySelector(".route").cloneNode();
  wide.setAttribute("class", "hit");
  group.append(wide);
}

// Search

function seek() {
  const wanted = search.value.trim().toLowerCase();
  const hits = wanted ? data.cards.map((card, at) => [card, at]).filter(([card]) => card.name.toLowerCase().includes(wanted)) : [];
  found.replaceChildren(...hits.slice(0, 50).map(([card, at]) => {
    const item = document.createElement("li"), button = text("button", card.name);
    button.type = "button";
    button.addEventListener("click", () => go(at));
    item.append(button);
    return item;
  }));
}

function go(number) {
  const element = all(`[data-card="${number}"]`)[0];
  if (!element) return;
  choose(element);
  bringIntoView(element);
  element.focus({ preventScroll: true });
}

search.addEventListener("input", seek);
search.addEventListener("keydown", (event) => {
  if (event.key === "Enter") found.querySelector("button")?.click();
});

// Keys

const moves = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    search.value = "";
    seek();
    forget();
    stage.focus();
    return;
  }
  if (event.target === search) return;
  const element = event.target.closest?.("[data-card], [data-edge]");
  if (event.key === "/") search.focus();
  else if (event.key === "+" || event.key === "=") zoom(1.25);
  else if (event.key === "-") zoom(0.8);
  else if (event.key === "0") fit();
  else if (element && (event.key === "Enter" || event.key === " ")) choose(element);
  else if (moves[event.key] && stage.contains(event.target)) {
    view.x += moves[event.key][0];
    view.y += moves[event.key][1];
    show();
  } else return;
  event.preventDefault();
});
picture.addEventListener("focusin", (event) => {
  if (event.target.matches(":focus-visible")) bringIntoView(event.target);
});
window.addEventListener("resize", fit);
fit();
const named = data.cards.findIndex((card) => `#${encodeURIComponent(card.name)}` === location.hash);
if (named >= 0) go(named);
