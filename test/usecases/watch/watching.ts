import type { TestService } from '../../helpers/a-service.ts';
import { minute, pass } from '../playing.ts';

/** Lets time pass, with the queue's work done as it falls due, and looks every five minutes as a host does. */
export async function watchFor(service: TestService, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 5 * minute) {
    await pass(service, 5 * minute);
    await service.service.watch();
  }
}
