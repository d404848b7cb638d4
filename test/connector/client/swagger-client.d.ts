/** The part of https://github.com/swagger-api/swagger-js that the tests use; it brings no types of its own. */
declare module 'swagger-client' {
  type Answer = { status: number; headers: Record<string, string>; text: string; obj: unknown };
  type Client = {
    /** Rejects with an error that has the `response` if it is no 2xx. */
    execute: (call: { operationId: string; parameters: Record<string, unknown> }) => Promise<Answer>;
  };
  const SwaggerClient: (options: { spec: object; authorizations: Record<string, string> }) => Promise<Client>;
  export = SwaggerClient;
}
