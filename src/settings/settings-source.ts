/** Where settings come from: the environment variables of the process, or what a test gives. */
export type SettingsSource = Readonly<Record<string, string | undefined>>;
