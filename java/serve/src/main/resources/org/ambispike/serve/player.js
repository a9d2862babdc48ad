// Going through the time steps of an answer.

const SLOWEST_STEP = 420;
const FASTEST_STEP = 60;
const WHOLE_RUN = 4000;

function moveTo(t) {
  const answer = page.answer;
  page.t = Math.min(Math.max(1, t), answer.timeSteps);
  byId("time").value = page.t;
  byId("time").setAttribute("aria-valuetext", "step " + page.t + " of " + answer.timeSteps + ": " + view().leader(page.t));
  byId("time-value").textContent = "t = " + page.t + " / " + answer.timeSteps;
  draw();
}

function pause() {
  clearInterval(page.playing);
  page.playing = 0;
  byId("play").textContent = "Play";
}

function play() {
  if (page.t >= page.answer.timeSteps) moveTo(1);
  const pace = Math.max(FASTEST_STEP, Math.min(SLOWEST_STEP, WHOLE_RUN / page.answer.timeSteps));
  page.playing = setInterval(() => {
    moveTo(page.t + 1);
    if (page.t >= page.answer.timeSteps) pause();
  }, pace);
  byId("play").textContent = "Pause";
}

function toggle() {
  if (page.playing) pause();
  else play();
}

/** What a person steps to is said; what plays is not. */
function step(by) {
  pause();
  moveTo(page.t + by);
  say(byId("time").getAttribute("aria-valuetext"));
}

/** Keys that hold for the whole page, where no control takes them. */
function keys(event) {
  if (!page.answer || event.ctrlKey || event.metaKey || event.altKey) return;
  const spaceIsTaken = event.key === " " && event.target.closest("button, a");
  if (spaceIsTaken || event.target.closest("#samples, input, select, label")) return;
  const action = {
    " ": toggle,
    ArrowLeft: () => step(-1),
    ArrowRight: () => step(1),
    Home: () => step(-page.answer.timeSteps),
    End: () => step(page.answer.timeSteps),
  }[event.key];
  if (action) {
    event.preventDefault();
    action();
  }
}
