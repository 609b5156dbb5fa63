// Single keys lead to the panels. They can be switched off, for who steers by voice (WCAG 2.1.4).

const PANELS = { o: "panel-outages", i: "panel-ice", c: "panel-crews", s: "panel-aid", r: "panel-reports" };
const KEPT = "board.keys";

function go_to(id) {
  const panel = document.getElementById(id);
  panel?.scrollIntoView({ block: "nearest" });
  panel?.focus();
}

function to_alerts() {
  const first = document.querySelector("#panel-alerts button.take");
  first ? first.focus() : go_to("panel-alerts");
}

function full_screen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.();
}

export function keys(board) {
  const list = document.getElementById("keys");
  const on = document.getElementById("keys-on");
  on.checked = localStorage.getItem(KEPT) !== "off";
  on.addEventListener("change", () => localStorage.setItem(KEPT, on.checked ? "on" : "off"));
  board.addEventListener("click", (event) => {
    if (event.target.closest("#show-keys")) list.showModal();
  });
  document.addEventListener("keydown", (event) => {
    const is_typing = event.target.closest("input, select, textarea, dialog");
    if (is_typing || event.ctrlKey || event.altKey || event.metaKey || !on.checked) return;
    const key = event.key.toLowerCase();
    if (key === "?") list.showModal();
    else if (key === "a") to_alerts();
    else if (key === "f") full_screen();
    else if (key === "t") document.querySelector("#header .theme-toggle")?.click();
    else if (key in PANELS) go_to(PANELS[key]);
    else return;
    event.preventDefault();
  });
}
