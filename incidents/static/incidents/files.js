// The progress of work on a file: asked for every two seconds while the page is looked at; when the work has
// come to an end, the page itself shows what came of it.

const progress = document.getElementById("job-progress");
const EVERY_MS = 2_000;
const state = progress.querySelector(".job").dataset.state;

async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch(progress.dataset.address, { redirect: "manual", cache: "no-store" });
    if (answer.status !== 200) return;
    progress.innerHTML = await answer.text();
    const now = progress.querySelector(".job").dataset;
    if (now.state !== state && now.atWork === "no") location.reload();
  } catch {
    // Without the network the next look may find it again; what is shown stays.
  }
}

setInterval(look, EVERY_MS);
