export async function complete(): Promise<number> { return 0; }
