/** A minimal Worker, which shows the start-up cost of workerd itself. */
export default {
  async fetch(request: Request): Promise<Response> {
    await request.arrayBuffer();
    return Response.json({ alive: true });
  },
};
