// Be challenged, verify and pass, through openapi-fetch and the types that openapi-typescript has generated.
// Run as a program: the base URL, a token, and a code.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

declare const process: { argv: string[]; stdout: { write(text: string): void } };

const [baseUrl, token, code] = process.argv.slice(2) as [string, string, string];
const client = createClient<paths>({ baseUrl, headers: { Authorization: `Token ${token}` } });
const vault = { params: { path: { flow: "production-database" } } };

const challenged = await client.GET("/api/vault/{flow}/", vault);
if (!challenged.error || !("acr_values" in challenged.error)) throw new Error("not challenged");
const challenge: components["schemas"]["MFAChallenge"] = challenged.error;

const refused = await client.POST("/api/mfa/verifications/", { body: { code: "not a code" } });
const verified = await client.POST("/api/mfa/verifications/", { body: { code } });
const opened = await client.GET("/api/vault/{flow}/", vault);
const status = await client.GET("/api/mfa/status/");
const left: number | undefined = status.data?.seconds_left;

process.stdout.write(
  JSON.stringify({
    challenge: [challenged.response.status, challenge.code, challenge.flow, challenge.max_age],
    refused: refused.response.status,
    verified: verified.response.status,
    opened_by: opened.data?.opened_by,
    is_counting: left !== undefined && left > 3500,
  }),
);
