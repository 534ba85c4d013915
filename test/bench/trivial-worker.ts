/** The least that a Worker can be: what starting workerd costs by itself. */
export default {
  async fetch(request: Request): Promise<Response> {
    await request.arrayBuffer();
    return Response.json({ alive: true });
  },
};
