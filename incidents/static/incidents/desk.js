// What every page of the desk does besides showing itself: the menu on small screens, finding a page by a
// part of its name, closing what was opened, and asking now and then whether the watch is well.

import { touched } from "./touched.js";

const menu = document.getElementById("menu-button");
const pages = document.getElementById("nav-sidebar");

function open_menu(is_open) {
  pages.classList.toggle("open", is_open);
  menu.setAttribute("aria-expanded", String(is_open));
  if (is_open) pages.querySelector("input").focus();
}

if (menu && pages) {
  menu.addEventListener("click", () => open_menu(!pages.classList.contains("open")));
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (pages?.classList.contains("open")) {
    open_menu(false);
    menu.focus();
  }
  for (const each of document.querySelectorAll("details.person[open]")) {
    each.open = false;
    each.querySelector("summary").focus();
  }
});

document.addEventListener("click", (event) => {
  for (const each of document.querySelectorAll("details.person[open]")) {
    if (!each.contains(event.target)) each.open = false;
  }
});

// --- finding a page

const wanted = document.getElementById("nav-filter");

function show_pages() {
  const part = wanted.value.trim().toLowerCase();
  for (const area of pages.querySelectorAll(".area")) {
    let found = 0;
    for (const item of area.querySelectorAll("li")) {
      const fits = item.textContent.toLowerCase().includes(part);
      item.hidden = !fits;
      found += fits;
    }
    area.hidden = found === 0;
    for (const more of area.querySelectorAll("details")) {
      more.open = part !== "" ? true : more.querySelector(".here") !== null;
    }
  }
}

if (wanted && pages) {
  wanted.addEventListener("input", show_pages);
  wanted.addEventListener("keydown", (event) => {
    if (event.key === "Enter") pages.querySelector("li:not([hidden]) a")?.click();
    if (event.key === "Escape") {
      wanted.value = "";
      show_pages();
    }
  });
  show_pages();
  pages.querySelector(".here")?.scrollIntoView({ block: "nearest" });
}

// --- the choosers that look rows up: Django's have no name for who does not see them

function name_choosers() {
  for (const chooser of document.querySelectorAll(".select2-selection:not([data-named])")) {
    const field = chooser.closest(".select2-container").previousElementSibling;
    const label = field?.labels?.[0];
    if (!label) continue;
    label.id ||= `${field.id}-label`;
    chooser.setAttribute("aria-labelledby", `${label.id} ${chooser.getAttribute("aria-labelledby") ?? ""}`.trim());
    chooser.querySelector(".select2-selection__rendered")?.setAttribute("aria-labelledby", label.id);
    chooser.dataset.named = "";
  }
}

if (document.querySelector(".admin-autocomplete")) {
  new MutationObserver(name_choosers).observe(document.body, { childList: true, subtree: true });
  name_choosers();
}

// --- the watch

const banner = document.getElementById("watch-banner");
const EVERY_MS = 30_000;

async function ask_the_watch() {
  if (document.hidden) return;
  try {
    const answer = await fetch(banner.dataset.address, {
      headers: { "Ice-Touched": touched() }, redirect: "manual", cache: "no-store",
    });
    if (answer.status === 200) banner.innerHTML = await answer.text();
    if (answer.status === 204) banner.replaceChildren();
  } catch {
    // Without the network the page itself cannot know; the board says so.
  }
}

if (banner && !document.getElementById("board")) {
  ask_the_watch();
  setInterval(ask_the_watch, EVERY_MS);
}
