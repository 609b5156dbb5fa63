// Clocks that run between two answers, by the server's time: this machine's own may be wrong.

let ahead_ms = 0; // server's clock before this machine's

function now() {
  return Date.now() + ahead_ms;
}

function two(number) {
  return String(number).padStart(2, "0");
}

function lasting(ms) {
  const seconds = Math.max(Math.floor(ms / 1000), 0);
  const hours = Math.floor(seconds / 3600);
  return `${hours}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

function show() {
  for (const each of document.querySelectorAll("#board [data-since]")) {
    each.textContent = lasting(now() - Date.parse(each.dataset.since));
  }
  for (const each of document.querySelectorAll("#board [data-until]")) {
    each.textContent = lasting(Date.parse(each.dataset.until) - now());
  }
  const clock = document.getElementById("clock");
  if (clock) {
    clock.textContent = new Intl.DateTimeFormat("zh-CN", {
      timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
    }).format(now());
  }
}

let timer = 0;

export const tick = {
  begin(server_time) {
    ahead_ms = Date.parse(server_time) - Date.now();
    show();
    timer ||= setInterval(show, 1_000);
  },
};
