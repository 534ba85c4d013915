/** Raw pixels of the model's own size, as the body of a call: height x width x channels bytes. */
export const RAW_PIXELS_TYPE = 'application/vnd.glimpse.rgb8';
