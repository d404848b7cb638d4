/** The source of settings: the process's environment variables, or the values that a test sets. */
export type SettingsSource = Readonly<Record<string, string | undefined>>;
