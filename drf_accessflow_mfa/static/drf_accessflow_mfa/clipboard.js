/** Copy, download and print what an element shows. */

export function textOf(element) {
  const lines = [...element.querySelectorAll("li")].map((item) => item.textContent.trim());
  return lines.length ? lines.join("\n") : element.textContent.trim().replaceAll(" ", "");
}

/** Tell whether the clipboard has it; where it is forbidden, it is selected. */
export async function copy(element, button) {
  const label = (button.dataset.label ??= button.textContent);
  try {
    await navigator.clipboard.writeText(textOf(element));
  } catch {
    selectAll(element);
    return false;
  }
  button.textContent = button.dataset.mfaCopied;
  setTimeout(() => (button.textContent = label), 2000);
  return true;
}

export function download(element, name) {
  const url = URL.createObjectURL(new Blob([`${textOf(element)}\n`], { type: "text/plain" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** Where the clipboard is forbidden, a selection is the next best. */
function selectAll(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}
