const dayMs = 86_400_000;
const at = (day: string): number => Date.parse(`${day}T00:00:00Z`);

/** The day so many days later, as 2026-11-23. */
export const plusDays = (day: string, days: number): string => new Date(at(day) + days * dayMs).toISOString().slice(0, 10);

/** The Monday of a day's week. */
export const mondayOf = (day: string): string => plusDays(day, -((new Date(at(day)).getUTCDay() + 6) % 7));

/** The seven days of the week that begins then. */
export const days = (monday: string): string[] => Array.from({ length: 7 }, (_, i) => plusDays(monday, i));
