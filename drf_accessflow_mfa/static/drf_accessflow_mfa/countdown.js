/** Count down on an element, silently for screen readers: hearing every second helps nobody. */

const SOON_SECONDS = 10;

/** `text` has {wait} where the clock belongs; `soon` is called once, shortly before it is `over`. */
export function countDown(element, seconds, { text = "{wait}", soon = () => {}, over }) {
  const endsAt = Date.now() + seconds * 1000;
  const clock = document.createElement("span");
  clock.className = "afm-clock";
  clock.setAttribute("role", "timer");
  const [before, after] = text.split("{wait}");
  element.replaceChildren(before, clock, after);
  element.hidden = false;

  let isSoon = seconds <= SOON_SECONDS;
  const tick = () => {
    const left = Math.max(0, Math.ceil((endsAt - Date.now()) / 1000));
    clock.textContent = asClock(left);
    if (!isSoon && left <= SOON_SECONDS) {
      isSoon = true;
      soon(left);
    }
    if (left > 0) return;
    stop();
    element.hidden = true;
    over();
  };
  const ticker = setInterval(tick, 250);
  const stop = () => clearInterval(ticker);
  tick();
  return stop;
}

export function asClock(seconds) {
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, "0"));
  const hours = Math.floor(seconds / 3600);
  return hours ? `${hours}:${parts.join(":")}` : parts.join(":").replace(/^0/, "");
}
