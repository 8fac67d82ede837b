// Each marked line must not compile: the types know the API.
import createClient from "openapi-fetch";
import type { paths } from "./schema.js";

const client = createClient<paths>({ baseUrl: "" });

// @ts-expect-error a code is a text
await client.POST("/api/mfa/verifications/", { body: { code: 123456 } });
// @ts-expect-error a code is needed
await client.POST("/api/mfa/verifications/", { body: {} });
// @ts-expect-error there is no such path
await client.GET("/api/mfa/secrets/");
const status = await client.GET("/api/mfa/status/");
// @ts-expect-error a status has no such field
status.data?.secret;
