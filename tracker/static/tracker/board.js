// The board keeps itself up to date: it asks for what is new, says when it cannot, and takes alerts.

import { keys } from "./board-keys.js";
import { tick } from "./board-clock.js";
import { touched } from "../incidents/touched.js";

const board = document.getElementById("board");
const stale = document.getElementById("stale");
const said = document.getElementById("said");
const EVERY_MS = Number(board.dataset.every) * 1000;
const PATIENCE_MS = 8_000; // an answer that takes longer is none
const STALE_MS = 3 * EVERY_MS; // silent for that long, it is said

let etag = board.dataset.etag;
let heard_at = Date.now();
let timer = 0;
let asking = null;
let is_over = false; // signed out: nothing more to ask

document.documentElement.classList.add("scripted");

// --- asking

async function ask() {
  clearTimeout(timer);
  if (is_over) return;
  asking?.abort();
  const mine = (asking = new AbortController());
  const end = setTimeout(() => mine.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(board.dataset.address, {
      headers: { "If-None-Match": etag, "Ice-Touched": touched() },
      cache: "no-store",
      redirect: "manual",
      signal: mine.signal,
    });
    if (answer.status === 200) {
      const html = await answer.text();
      etag = answer.headers.get("ETag") ?? "";
      show(html);
    }
    if (answer.type === "opaqueredirect" || answer.status === 403) sign_out();
    else if (answer.status === 200 || answer.status === 304) heard();
  } catch {
    // No answer: the next one says how long ago the last was.
  } finally {
    clearTimeout(end);
    if (asking === mine) {
      asking = null;
      timer = setTimeout(ask, EVERY_MS);
    }
  }
}

function heard() {
  heard_at = Date.now();
  if (stale.hidden) return;
  stale.hidden = true;
  document.documentElement.classList.remove("is-stale");
  said.textContent = stale.dataset.back;
}

function look_whether_stale() {
  if (is_over || Date.now() - heard_at < STALE_MS || !stale.hidden) return;
  const time = new Date(heard_at).toLocaleTimeString(document.documentElement.lang, { hour12: false });
  stale.textContent = stale.dataset.words.replace("{time}", time);
  stale.hidden = false;
  document.documentElement.classList.add("is-stale");
}

function sign_out() {
  is_over = true;
  const link = document.createElement("a");
  link.href = location.href;
  link.textContent = stale.dataset.signIn;
  stale.replaceChildren(`${stale.dataset.out} `, link);
  stale.hidden = false;
  document.documentElement.classList.add("is-stale");
}

// --- showing what is new, panel by panel: what did not change keeps its focus and its place

function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector(".panels");
  const old = board.querySelector(".panels");
  const before = Number(old.dataset.unacknowledged);
  const focused = document.activeElement?.id;
  old.className = fresh.className;
  old.dataset.now = fresh.dataset.now;
  old.dataset.unacknowledged = fresh.dataset.unacknowledged;
  for (const panel of [...fresh.children]) {
    const known = document.getElementById(panel.id);
    if (!known) return location.reload(); // the server has become a newer one
    if (known.dataset.raw === panel.outerHTML) continue;
    panel.dataset.raw = panel.outerHTML;
    panel.classList.toggle("fresh", figure(known) !== figure(panel));
    const places = scrollers(known).map((each) => each.scrollTop);
    known.replaceWith(panel);
    scrollers(panel).forEach((each, index) => (each.scrollTop = places[index] ?? 0));
  }
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
  tick.begin(fresh.dataset.now);
  tell(before, Number(fresh.dataset.unacknowledged));
}

function figure(panel) {
  return panel.querySelector(".big, h2 b")?.textContent;
}

function scrollers(panel) {
  return [...panel.querySelectorAll(".scrolls, ol")];
}

const title = document.title;

function tell(before, now) {
  document.title = now ? `(${now}) ${title}` : title;
  if (now > before) said.textContent = said.dataset.new.replace("{n}", now);
}

// --- taking an alert

board.addEventListener("click", async (event) => {
  const button = event.target.closest("button.take");
  if (!button) return;
  event.preventDefault();
  button.disabled = true;
  const form = document.getElementById("take");
  const body = new FormData(form);
  body.set("alert", button.value);
  const row = button.closest("li");
  try {
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual", headers: { Accept: "text/plain" } });
    if (answer.type === "opaqueredirect") return sign_out();
    if (!answer.ok) throw new Error(answer.status === 409 ? await answer.text() : "");
    said.textContent = await answer.text();
    await ask();
    document.querySelector("#panel-alerts button.take, #panel-alerts")?.focus();
  } catch (refused) {
    button.disabled = false;
    const words = row.querySelector(".refused") ?? row.appendChild(document.createElement("span"));
    words.className = "refused";
    words.setAttribute("role", "alert");
    words.textContent = refused.message || stale.dataset.words.replace("{time}", new Date(heard_at).toLocaleTimeString());
    if (refused.message) setTimeout(ask, 2_500);
  }
});

board.addEventListener("change", (event) => {
  if (event.target.id === "whose") event.target.form.submit();
});

// --- from now on

addEventListener("online", ask);
document.addEventListener("visibilitychange", () => document.hidden || ask());
setInterval(look_whether_stale, 1_000);
timer = setTimeout(ask, EVERY_MS);
tick.begin(board.querySelector(".panels").dataset.now);
tell(0, Number(board.querySelector(".panels").dataset.unacknowledged));
if (document.getElementById("keys")) keys(board); // the map asks like the board and has no keys of its own
