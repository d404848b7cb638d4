/**
 * Logs a line that belongs to no invocation that is under way. The Functions host takes each line on stderr for
 * itself, and its level from words in it: a warning has "warn", an error "error" or "fail"; all else is Information.
 * @see https://github.com/Azure/azure-functions-host/blob/dev/src/WebJobs.Script/Workers/ProcessManagement/WorkerProcess.cs
 */
export function logOutside(level: 'information' | 'warning' | 'error', message: string): void {
  if (level === 'information') {
    console.log(message);
    return;
  }
  const named = level === 'error' ? 'Error' : 'Warning';
  for (const line of message.split('\n')) console.error(`${named}: ${line}`);
}
