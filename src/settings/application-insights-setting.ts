/** Which Application Insights the settings name, and how to sign in to it. */
export type ApplicationInsightsSetting = {
  connectionString: string;
  /**
   * The managed identity that signs in; a null `clientId` stands for the system-assigned one. Null: the key is
   * enough.
   */
  identity: { clientId: string | null } | null;
};
