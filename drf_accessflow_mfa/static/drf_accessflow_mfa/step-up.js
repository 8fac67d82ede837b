/**
 * fetch() that answers a step-up challenge and makes the call again, once.
 *
 * Only a challenge from the origin that was called is answered, and only there.
 * Several challenged calls share one prompt. A ReadableStream is not sent twice,
 * nor is the body of a Request, which may be one: the code is asked for all the
 * same, so that trying again succeeds, and BodyNotSentAgain says so. No text for people is in here: the messages of the
 * errors are codes of the API, or the errors' names.
 */

import { bodyOf, challengeIn } from "./step-up-challenge.js";

/**
 * @typedef {object} Challenge What the server asks for: its JSON, with absolute addresses.
 * @property {"mfa_required" | "mfa_enrollment_required"} code
 * @property {string} detail
 * @property {string | null} flow null where no flow but the MFA API itself asks
 * @property {number} max_age seconds
 * @property {string[]} acr_values
 * @property {string[]} methods
 * @property {boolean} enrolled
 * @property {string} verify_url
 * @property {string} enroll_url empty when the server names none on its own origin
 * @property {number} refusals how many codes were refused already
 *
 * @typedef {{id: string, secret: string, otpauth_uri: string, qr_svg: string, refusals: number}} Enrollment
 *
 * @typedef {object} CSRFSource Where Django's token is read, each time anew, for calls of the page's own origin.
 * @property {string} [cookie] "csrftoken"
 * @property {string} [meta] the name of a <meta>, for pages that hide the cookie
 * @property {string} [header] "X-CSRFToken"
 *
 * @typedef {object} StepUpOptions
 * @property {(challenge: Challenge) => string | Promise<string>} [ask] gives a code; empty to give up
 * @property {(challenge: Challenge) => boolean | Promise<boolean>} [stepUp] in place of ask and enroll: does
 *   everything itself and tells whether the user got through, as <mfa-dialog> does
 * @property {(enrollment: Enrollment) => string | Promise<string>} [enroll] shows it, gives its first code
 * @property {(codes: string[]) => unknown} [keepCodes] gets the recovery codes, this once; needed with enroll
 * @property {string} [deviceName] needed with enroll
 * @property {CSRFSource | ((url: string) => string | Promise<string>)} [csrf] a function serves any origin
 * @property {typeof globalThis.fetch} [fetch]
 * @property {number} [attempts] how many codes are asked for, 3
 */

const ENROLL_FIRST = "mfa_enrollment_required";
const SAFE = ["GET", "HEAD", "OPTIONS", "TRACE"];
/** Headers that belong to one request alone; all others may be its credential. */
const NOT_CARRIED = /^(accept$|content-|expect$|idempotency-key|if-|range$|x-http-method|x-method-override)/;

/** A challenge could not be answered, or its call not be made again. */
export class StepUpError extends Error {
  constructor(/** @type {Challenge} */ challenge, message = new.target.name) {
    super(message);
    this.name = new.target.name;
    this.challenge = challenge;
  }
}

/** The user has no device that would do: see challenge.enroll_url. */
export class EnrollmentRequired extends StepUpError {}

/** Nobody answered the prompt. */
export class NoCodeGiven extends StepUpError {}

/** Every code that was given was wrong. */
export class CodeRefused extends StepUpError {}

/** The step-up succeeded, but the body was a stream, or a Request's, and is gone: call again with a new one. */
export class BodyNotSentAgain extends StepUpError {}

/** Too many wrong codes: wait retryAfter seconds, or null where the server does not say. */
export class Locked extends StepUpError {
  constructor(/** @type {Challenge} */ challenge, /** @type {number | null} */ retryAfter) {
    super(challenge, "mfa_locked");
    this.retryAfter = retryAfter;
  }
}

/** The server answered a code, or an enrollment, with something that is no part of the contract. */
export class StepUpRejected extends StepUpError {
  constructor(/** @type {Challenge} */ challenge, /** @type {number} */ status, body) {
    super(challenge, String(body.code ?? status));
    this.status = status;
    this.body = body;
  }
}

class StepUp {
  #options;
  #rounds = new Map();
  #ended = 0;
  #turn = Promise.resolve();

  constructor({ attempts = 3, csrf = {}, fetch = (request) => globalThis.fetch(request), ...callbacks }) {
    const { enroll, keepCodes, deviceName } = callbacks;
    if (enroll && !(keepCodes && deviceName)) throw new TypeError("enroll needs keepCodes and deviceName");
    this.#options = { attempts, csrf, fetch, ...callbacks };
  }

  async fetch(input, init) {
    // A Request does not tell a text from a stream: its body, unless init has another, counts as a stream.
    const own = input instanceof Request && (init.body ?? null) === null ? input : null;
    const isRepeatable = own ? !own.body : isInMemory(init.body);
    // Firefox shows no body at all, and takes no stream: there the clone holds what is in memory.
    const make = () => new Request(own && isRepeatable ? own.clone() : input, init);
    let began = this.#ended;
    const request = make();
    let response = await this.#send(request);
    // Twice: another call's prompt may have answered less than this call needs.
    for (let hasAsked = false, tries = 0; !hasAsked && tries < 2; tries += 1) {
      const challenge = await challengeIn(response, request.url);
      if (!challenge) break;
      hasAsked = await this.#pass(challenge, request, began);
      if (!isRepeatable) throw new BodyNotSentAgain(challenge);
      began = this.#ended;
      response = await this.#send(make());
    }
    return response;
  }

  /** Answer a challenge, or join who does or just did; tell whether somebody was asked. */
  async #pass(challenge, request, began) {
    const kind = [challenge.verify_url, challenge.code, ...challenge.acr_values].join("\n");
    const held = this.#rounds.get(kind);
    if (held?.endedAt > began) return held.promise.then(() => false);
    const round = { endedAt: Infinity };
    const answered = this.#turn.then(() => this.#answer(challenge, request));
    round.promise = answered.finally(() => (round.endedAt = this.#ended += 1));
    this.#turn = round.promise.catch(() => {});
    this.#rounds.set(kind, round);
    return round.promise.then(() => true);
  }

  async #answer(challenge, request) {
    const { stepUp, ask } = this.#options;
    if (stepUp) {
      if (!(await stepUp(challenge))) throw new NoCodeGiven(challenge);
    } else if (challenge.code === ENROLL_FIRST) {
      await this.#enroll(challenge, request);
    } else {
      await this.#confirm(challenge, request, challenge.verify_url, (refusals) => ask({ ...challenge, refusals }));
    }
  }

  async #enroll(challenge, request) {
    const { enroll, keepCodes, deviceName } = this.#options;
    if (!enroll || !challenge.enroll_url) throw new EnrollmentRequired(challenge);
    const begun = await this.#post(request, challenge.enroll_url, { name: deviceName });
    // Another app would not do: no device of this user is of the class that is asked for.
    if (await challengeIn(begun, challenge.enroll_url)) throw new EnrollmentRequired(challenge);
    const enrollment = await bodyOf(begun);
    if (begun.status !== 201 || !enrollment.id) throw new StepUpRejected(challenge, begun.status, enrollment);
    const url = new URL(`${encodeURIComponent(enrollment.id)}/confirmation/`, challenge.enroll_url).href;
    const give = (refusals) => enroll({ ...enrollment, refusals });
    const { recovery_codes: codes } = await this.#confirm(challenge, request, url, give);
    if (codes?.length) await keepCodes(codes);
  }

  /** Ask for codes until one is right; return what the server says to that one. */
  async #confirm(challenge, request, url, ask) {
    for (let refusals = 0; refusals < this.#options.attempts; refusals += 1) {
      const code = await ask(refusals);
      if (!code) throw new NoCodeGiven(challenge);
      const answer = await this.#post(request, url, { code });
      const body = await bodyOf(answer);
      if (answer.ok) return body;
      if (answer.status === 429) throw new Locked(challenge, body.retry_after ?? null);
      if (body.code !== "mfa_failed") throw new StepUpRejected(challenge, answer.status, body);
    }
    throw new CodeRefused(challenge);
  }

  /** POST with the credential of another request; never to where a redirect points. */
  #post({ headers: all, credentials, mode, referrerPolicy }, url, body) {
    const headers = new Headers([...all].filter(([name]) => !NOT_CARRIED.test(name)));
    headers.set("Accept", "application/json");
    headers.set("Content-Type", "application/json");
    const credential = { headers, credentials, mode, referrerPolicy };
    const safely = { cache: "no-store", redirect: "error" };
    return this.#send(new Request(url, { method: "POST", body: JSON.stringify(body), ...credential, ...safely }));
  }

  async #send(request) {
    const { csrf, fetch } = this.#options;
    if (!SAFE.includes(request.method)) {
      const token = typeof csrf === "function" ? await csrf(request.url) : tokenFor(request.url, csrf);
      if (token) request.headers.set(csrf.header ?? "X-CSRFToken", token);
    }
    return fetch(request);
  }
}

/**
 * Return a fetch() that steps up. A callback that is challenged itself waits for its own turn, forever.
 *
 * @param {StepUpOptions} options
 * @returns {(input: RequestInfo | URL, init?: RequestInit) => Promise<Response>}
 */
export function createStepUpFetch(options) {
  const stepUp = new StepUp(options);
  return (input, init = {}) => stepUp.fetch(input, init);
}

/** fetch() that steps up with the <mfa-dialog> of the page; NoCodeGiven where there is none. */
export const stepUpFetch = createStepUpFetch({
  stepUp(challenge) {
    const dialog = globalThis.document?.querySelector("mfa-dialog");
    return dialog?.isReady ? dialog.stepUp(challenge) : false;
  },
});

function isInMemory(body) {
  if (body === null || typeof body !== "object" || ArrayBuffer.isView(body)) return true;
  return [ArrayBuffer, Blob, FormData, URLSearchParams].some((kind) => body instanceof kind);
}

function tokenFor(url, { cookie = "csrftoken", meta }) {
  const { document, location } = globalThis;
  if (!document || new URL(url).origin !== location.origin) return "";
  const pair = document.cookie.split("; ").find((each) => each.startsWith(`${cookie}=`));
  const rendered = meta && document.querySelector(`meta[name="${CSS.escape(meta)}"]`)?.content;
  return pair ? decodeURIComponent(pair.slice(cookie.length + 1)) : rendered || "";
}
