/** A field for six digits: takes what is pasted, spaces and digits of any script too, and submits on the sixth. */

export const DIGITS = 6;

export function enhanceCodeField(field, { submit }) {
  field.addEventListener("input", (event) => {
    if (event.isComposing) return;
    const digits = digitsIn(field.value);
    const isMore = digits.length > DIGITS;
    if (field.value !== digits) field.value = digits;
    if (digits.length === DIGITS && !isMore) submit();
  });
}

export function digitsIn(text) {
  return text.normalize("NFKC").replace(/\p{Nd}/gu, asASCII).replace(/\D/g, "");
}

/** Unicode lists the digits of each script from zero to nine, with a gap before the zero. */
function asASCII(digit) {
  let value = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(digit.codePointAt(0) - value - 1))) value += 1;
  return String(value);
}
