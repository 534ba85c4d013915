/** The media type of raw pixels in the model's input size: height x width x channels bytes. */
export const RAW_PIXELS_TYPE = 'application/vnd.glimpse.rgb8';
