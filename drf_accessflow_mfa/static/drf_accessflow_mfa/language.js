/** How moments and durations are written on this page. */

/** The user's own variety of the language of an element's text, such as en-GB where that is in en. */
function languageAt(element) {
  const page = element.closest("[lang]")?.lang || navigator.language;
  const [primary] = page.toLowerCase().split("-");
  return navigator.languages.find((own) => own.toLowerCase().split("-")[0] === primary) ?? page;
}

export function momentInWords(moment, element) {
  return new Intl.DateTimeFormat(languageAt(element), { dateStyle: "medium", timeStyle: "short" }).format(moment);
}

export function durationInWords(seconds, element) {
  const minutes = Math.ceil(seconds / 60);
  const parts =
    seconds < 3600
      ? { minute: Math.floor(seconds / 60), second: seconds % 60 }
      : { hour: Math.floor(minutes / 60), minute: minutes % 60 };
  const words = Object.entries(parts)
    .filter(([, count]) => count)
    .map(([unit, count]) => inUnits(count, unit, languageAt(element)));
  return new Intl.ListFormat(languageAt(element), { type: "unit" }).format(words);
}

function inUnits(count, unit, language) {
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(count);
}
