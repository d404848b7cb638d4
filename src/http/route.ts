import type { UseCases } from '../usecases/use-cases.ts';

/** One route under `/api`, for every host. `path` names its parameters in braces, as Azure Functions does. */
export type Route = {
  /** The function's name in the Azure portal. */
  name: string;
  method: 'GET' | 'POST' | 'DELETE' | 'OPTIONS';
  path: string;
  /** `function`: the caller needs a function key. */
  auth: 'function' | 'anonymous';
  handle: (useCases: UseCases, request: Request, params: RouteParams) => Promise<Response>;
};

export type RouteParams = Readonly<Record<string, string>>;
