/** Reading a challenge: the header of RFC 9470, the JSON body, and whether they may be believed. */

const CODES = ["mfa_required", "mfa_enrollment_required"];
const ERROR = "insufficient_user_authentication";

/**
 * Return the challenge in an answer, with absolute addresses, or null.
 *
 * It counts only when it comes from the origin that was called, and sends the
 * code there: whoever a call was redirected to must not get one.
 *
 * @param {Response} response
 * @param {string} called
 * @returns {Promise<import("./step-up.js").Challenge | null>}
 */
export async function challengeIn(response, called) {
  const { origin } = new URL(called);
  const url = response.url || called;
  if (response.status !== 401 || new URL(url).origin !== origin) return null;
  const announced = parseChallenges(response.headers.get("WWW-Authenticate") ?? "");
  if (!announced.some(({ parameters }) => parameters.get("error") === ERROR)) return null;
  const body = await bodyOf(response.clone());
  const verify = resolved(body.verify_url, url);
  if (!CODES.includes(body.code) || !verify) return null;
  const acr = Array.isArray(body.acr_values) ? body.acr_values : [];
  return { ...body, acr_values: acr, verify_url: verify, enroll_url: resolved(body.enroll_url, url), refusals: 0 };
}

/** Return an absolute URL of the base's origin, else "". */
function resolved(address, base) {
  if (!address || typeof address !== "string" || !URL.canParse(address, base)) return "";
  const url = new URL(address, base);
  return url.origin === new URL(base).origin ? url.href : "";
}

/** Return the JSON object of an answer; empty where it holds none. */
export async function bodyOf(response) {
  const body = await response.json().catch(() => null);
  return body !== null && typeof body === "object" ? body : {};
}

/**
 * Return the challenges of a WWW-Authenticate field (RFC 9110, 11.6.1); none where it breaks the grammar.
 *
 * @param {string} field
 * @returns {{scheme: string, token: string, parameters: Map<string, string>}[]}
 */
export function parseChallenges(field) {
  const word = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
  const end = "(?=[ \\t]*(?:,|$))";
  const scheme = new RegExp(`(${word})(?:[ \\t]+([A-Za-z0-9\\-._~+/]+=*)${end}|(?=[ \\t]|,|$))`, "y");
  const parameter = new RegExp(`(${word})[ \\t]*=[ \\t]*(?:(${word})|"((?:[^"\\\\]|\\\\.)*)")${end}`, "y");
  const separators = /[ \t,]*/y;
  const challenges = [];
  let position = 0;
  const next = (pattern) => {
    pattern.lastIndex = position;
    const found = pattern.exec(field);
    position += found?.[0].length ?? 0;
    return found;
  };
  for (next(separators); position < field.length; next(separators)) {
    const last = challenges.at(-1);
    let found = last && next(parameter);
    if (found) {
      const name = found[1].toLowerCase();
      if (last.token || last.parameters.has(name)) return [];
      last.parameters.set(name, found[2] ?? found[3].replace(/\\(.)/g, "$1"));
    } else {
      found = next(scheme);
      if (!found) return [];
      challenges.push({ scheme: found[1].toLowerCase(), token: found[2] ?? "", parameters: new Map() });
    }
  }
  return challenges;
}
