import type { ProblemKind } from './problem.ts';

/** When each problem occurs, and what to do about it. docs/reference/problems.md is generated from this. */
export const problemAdvice: Record<ProblemKind, { when: string; advice: string }> = {
  'not-json': {
    when: 'The body is empty, not JSON, not UTF-8, nested too deeply, or names one key twice with two values.',
    advice: "Send the event as F&O gave it. In a flow, use the trigger's body, without quotes around it.",
  },
  unauthorized: {
    when: 'The key is missing or wrong. On Azure the platform itself answers 401, without this body.',
    advice:
      'Send the key in the header `x-functions-key`, or in the address as `?code=…`. After a key was renewed, renew the secret in Key Vault too.',
  },
  forbidden: {
    when: '`ALLOWED_CLIENT_IDS` (for events: `WEBHOOK_CLIENT_IDS`) is set, and the caller is not signed in as one of these applications.',
    advice:
      "App Service authentication must let the token in, and its claim `appid` or `azp` must be listed. F&O's own HTTPS endpoint sends no token: do not set `WEBHOOK_CLIENT_IDS` if you use it.",
  },
  'not-found': {
    when: 'There is no such route, or the service has no record of this batch job.',
    advice: 'Check the [route](routes.md), the job id, and `?environment=`.',
  },
  'request-unsettled': {
    when: 'A request for this batch job is under way, or the service does not know yet whether F&O acted on it.',
    advice: "Wait until the time in `detail`, then look at the job's history. Do not send it again.",
  },
  'too-large': {
    when: 'The body is larger than 1 MiB, or has too many events.',
    advice: 'Send fewer events at once.',
  },
  'unsupported-media-type': {
    when: 'The header `Content-Type` is missing or does not name JSON, or the body is compressed.',
    advice: 'Send `Content-Type: application/json`, and no `Content-Encoding`.',
  },
  'invalid-event': {
    when: 'The body is JSON, but not a business event of F&O, or a field that every event needs is missing. `errors` names each place. In an array, such an event has this problem at its place, and the others are decided.',
    advice:
      'The usual causes: a flow that sends a text in place of an object; an endpoint that gets other messages than business events; a Dataverse message of more than 256 KB, of which Dataverse leaves the fields out; a strict [schema](../operate/connect.md#when-fo-changes-its-events).',
  },
  'invalid-body': {
    when: 'The body is JSON but not what the route expects. `errors` names each place.',
    advice: 'Send what the [route](routes.md) expects.',
  },
  'invalid-policy': {
    when: 'The policy to preview is not valid. `errors` names each place in the body.',
    advice: 'Correct it: [every key](../operate/policy.md#the-keys).',
  },
  'invalid-callback': {
    when: 'The service may not call the `callbackUrl` of a subscription. `detail` says why.',
    advice:
      'It must begin with `https://`, use port 443, name a host of `CALLBACK_HOSTS`, be written plainly, and lead to the public internet. A Power Automate address is fine as it is; add the host of any other receiver to `CALLBACK_HOSTS`.',
  },
  'unknown-environment': {
    when: 'The request names an environment that is not configured, or the event came from a Dataverse organisation or an Event Grid topic that no environment has, while others do. `detail` lists those that are configured.',
    advice:
      'Check `FNO_ENVIRONMENTS` and the address in the Key Vault secret. With `FNO_ORG_URL` the only name is `default`.',
  },
  'environment-not-named': {
    when: 'Several environments are configured, and the request names none. Environments may share job ids, so the service does not guess.',
    advice:
      'Name one: for events in the path (`/business-events/prod`), else by `?environment=prod`. The usual cause is an address that was cut at its `&` when it was stored. Or set `"default": true` for one environment.',
  },
  'invalid-parameter': {
    when: 'A job id in the path or a parameter of the address is not valid, or path and `?environment=` differ.',
    advice: 'Correct what `detail` names. Take `after` and `before` only from a `nextLink`.',
  },
  'internal-error': {
    when: 'A bug in the service.',
    advice:
      'Report it with the line of the log that begins "A request failed." You may send the event again: the service does nothing twice.',
  },
  'fno-unavailable': {
    when: 'A person asked for something that only F&O can answer, and F&O is not available now. `detail` says why. The service did nothing, and will do nothing later by itself.',
    advice: 'Send the request again later.',
  },
  'not-ready': {
    when: 'Only `GET /ready`: a part does not work. `detail` names it with the reason; `parts` lists all parts.',
    advice:
      '`sign-in`: check the identity, or the app registration and its secret. `fno` with 401 or 403: check the app in F&O and its role. `store` and `work-queue`: see store-unavailable.',
  },
  'store-unavailable': {
    when: 'The store cannot be opened, read or written. The log names the reason.',
    advice:
      "[What to do](../operate/troubleshooting.md#the-store-cannot-be-reached). Then resend from F&O's error log.",
  },
  misconfigured: {
    when: 'Only on Azure: a setting is wrong or missing. `detail` names each, what was found and what is expected. Every route but `health` answers so, and work waits in the queue.',
    advice: 'Correct the [settings](settings.md). The app restarts by itself.',
  },
};
