/** Times in the filter of the log are those of the reader's clock, as in the log itself. */

const own = new Intl.DateTimeFormat().resolvedOptions().timeZone;
const field = document.querySelector("[data-zone]");

if (field && (field.value === own || !isAskedForATime())) {
  field.value = own;
  for (const note of document.querySelectorAll("[data-zone-name]")) note.hidden = true;
}

function isAskedForATime() {
  return [...document.querySelectorAll("[type=datetime-local]")].some(({ value }) => value);
}
