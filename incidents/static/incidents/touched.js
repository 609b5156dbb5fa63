// Whether somebody has touched the page since it was last asked: what pages ask by themselves is no sign of life.

let is_touched = false;

for (const kind of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"]) {
  addEventListener(kind, () => (is_touched = true), { passive: true });
}

export function touched() {
  const answer = is_touched ? "1" : "0";
  is_touched = false;
  return answer;
}
