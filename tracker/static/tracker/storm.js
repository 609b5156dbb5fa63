// The slider of a storm's hours: it says the hour while it moves, and asks for the page when it rests.

const form = document.getElementById("replay");
const hour = document.getElementById("hour");
const words = document.getElementById("hour-words");
const since = new Date(hour.dataset.since);
const until = new Date(hour.dataset.until);
const RESTS_MS = 700;
let timer = 0;

function say() {
  const at = new Date(Math.min(since.getTime() + Number(hour.value) * 3_600_000, until.getTime()));
  const options = { timeZone: "Asia/Shanghai", hour12: false, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" };
  words.textContent = at.toLocaleString("sv-SE", options);
  hour.setAttribute("aria-valuetext", words.textContent);
}

hour.addEventListener("input", () => {
  say();
  clearTimeout(timer);
});
hour.addEventListener("change", () => {
  clearTimeout(timer);
  timer = setTimeout(() => {
    sessionStorage.setItem("storm.hour", "kept");
    form.requestSubmit();
  }, RESTS_MS);
});
form.elements.organization?.addEventListener?.("change", () => form.requestSubmit());
if (sessionStorage.getItem("storm.hour")) {
  sessionStorage.removeItem("storm.hour");
  hour.focus(); // who steers by keys goes on with the next one
}
