/** Which Application Insights the settings name, and how to sign in to it. */
export type ApplicationInsightsSetting = {
  connectionString: string;
  /** The managed identity to sign in with, null for the system-assigned one; without it the key is enough. */
  identity: { clientId: string | null } | null;
};
