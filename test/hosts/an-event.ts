/** An event as F&O writes it, its fields as JSON text so that every digit stays. */
export function anEvent(fields: Record<string, string> = {}): string {
  const all: Record<string, string> = {
    BusinessEventId: '"BatchJobFailedBusinessEvent"',
    BusinessEventLegalEntity: '"USMF"',
    ControlNumber: '68719932288',
    EventId: `"${eventId(1)}"`,
    EventTimeIso8601: '"2026-03-02T01:00:00.1234567Z"',
    JobDescription: '"Nightly posting"',
    JobEndUtcDateTime: '"/Date(1772413200000)/"',
    JobId: '5637144576',
    JobStatus: '"Error"',
    MajorVersion: '0',
    ParentContextRecordSubjects: '[]',
    ...fields,
  };
  const members = Object.entries(all).map(([name, value]) => `${JSON.stringify(name)}:${value}`);
  return `{${members.join(',')}}`;
}

export function eventId(number: number): string {
  return `8D1220EB-E514-4E35-844E-${number.toString(16).toUpperCase().padStart(12, '0')}`;
}
