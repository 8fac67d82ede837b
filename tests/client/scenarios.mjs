/** What step-up.js does, seen from a script: node scenarios.mjs NAME < options.json > answer.json */

import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import process from "node:process";

import { parseChallenges } from "./step-up-challenge.js";
import { createStepUpFetch, stepUpFetch } from "./step-up.js";

const scenarios = {
  parse: ({ fields }) =>
    fields.map((field) =>
      parseChallenges(field).map(({ scheme, token, parameters }) => [scheme, token, Object.fromEntries(parameters)]),
    ),
  call,
  withDialog,
};

/** Make some calls at once; answer with what became of them, and of what was asked. */
async function call({ url, calls = 1, kind, login, method = "GET", body, bodyKind = "text", codes = [], ...how }) {
  const visitor = new Visitor(how.origin ?? new URL(url).origin, calls);
  if (kind) await visitor.logIn(kind, login);
  const asked = [];
  const kept = [];
  const ask = async (challenge) => {
    asked.push(challenge);
    await visitor.allAreChallenged;
    return codes.shift() ?? "";
  };
  const enroll = (enrollment) => (asked.push(enrollment), totp(enrollment.secret, how.clockOffset));
  const stepUpFetch = createStepUpFetch({
    ask,
    fetch: visitor.fetch,
    ...(how.enrolls ? { enroll, keepCodes: (given) => kept.push(...given), deviceName: "Node" } : {}),
  });
  const once = async () => {
    const init = { method, headers: { ...visitor.headers, ...how.headers }, ...bodyOf(body, bodyKind) };
    const input = inputOf(url, init, bodyKind, body);
    try {
      const response = await stepUpFetch(...input);
      return { status: response.status, body: await response.json().catch(() => null) };
    } catch (error) {
      return { error: error.name, message: error.message, retryAfter: error.retryAfter, challenge: error.challenge };
    }
  };
  const answers = await Promise.all(Array.from({ length: calls }, once));
  const again = how.again ? await once() : null;
  return { answers, again, asked, kept, sent: visitor.sent };
}

/** The ready-made stepUpFetch, in a page with a dialog that says whether the user got through. */
async function withDialog({ url, isThrough, hasDialog = true }) {
  const dialog = hasDialog ? { isReady: true, stepUp: async () => isThrough } : null;
  globalThis.document = { querySelector: () => dialog, cookie: "" };
  globalThis.location = { origin: new URL(url).origin };
  try {
    return { status: (await stepUpFetch(url)).status };
  } catch (error) {
    return { error: error.name };
  }
}

/** A browser's cookies, and what of them its scripts see. */
class Visitor {
  headers = {};
  sent = [];
  #cookies = new Map();
  #missing;
  #release;

  constructor(origin, calls) {
    this.#missing = calls;
    this.allAreChallenged = new Promise((resolve) => (this.#release = resolve));
    const cookies = this.#cookies;
    globalThis.location = { origin };
    globalThis.document = {
      get cookie() {
        return ["csrftoken"].filter((name) => cookies.has(name)).map((name) => `${name}=${cookies.get(name)}`).join("; ");
      },
    };
  }

  async logIn(kind, login) {
    const pair = btoa(`${login.username}:${login.password}`);
    if (kind === "basic") this.headers = { Authorization: `Basic ${pair}` };
    else {
      const url = `${globalThis.location.origin}/api/auth/${kind}/`;
      const headers = { "Content-Type": "application/json" };
      const answer = await this.fetch(new Request(url, { method: "POST", headers, body: JSON.stringify(login) }));
      if (kind === "token") this.headers = { Authorization: `Token ${(await answer.json()).token}` };
    }
    this.sent.length = 0;
  }

  fetch = async (request) => {
    const headers = new Headers(request.headers);
    const pairs = [...this.#cookies].map((pair) => pair.join("="));
    if (pairs.length) headers.set("Cookie", pairs.join("; "));
    this.sent.push([request.method, request.url, Object.fromEntries(headers)]);
    const response = await fetch(new Request(request, { headers }));
    for (const line of response.headers.getSetCookie()) {
      const [name, value] = line.split(";")[0].split("=");
      this.#cookies.set(name, value);
    }
    if (response.status === 401 && (this.#missing -= 1) === 0) this.#release();
    return response;
  };
}

function inputOf(url, init, kind, text) {
  if (!kind.startsWith("request")) return [url, init];
  const request = new Request(url, init);
  const overriding = {
    "request of a stream, another body": { body: text },
    "request of a stream, body: null": { body: null },
  };
  return kind in overriding ? [request, overriding[kind]] : [request];
}

function bodyOf(text, kind) {
  if (text === undefined) return {};
  const stream = () => new Blob([text]).stream();
  if (kind.startsWith("request of a stream")) return { body: stream(), duplex: "half" };
  const kinds = {
    text: () => ({ body: text }),
    request: () => ({ body: text }),
    bytes: () => ({ body: new TextEncoder().encode(text) }),
    blob: () => ({ body: new Blob([text]) }),
    stream: () => ({ body: stream(), duplex: "half" }),
  };
  return kinds[kind]();
}

function totp(secret, clockOffset = 0) {
  const bits = [...secret].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"));
  const key = Buffer.from(bits.join("").match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor((Date.now() / 1000 + clockOffset) / 30)));
  const digest = createHmac("sha1", key).update(counter).digest();
  const number = digest.readUInt32BE(digest.at(-1) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

const answer = await scenarios[process.argv[2]](JSON.parse(readFileSync(0, "utf8")));
process.stdout.write(JSON.stringify(answer));
