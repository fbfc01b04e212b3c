/** SVG text of the server as the source of an image: as an image it can run nothing. */
export const pictureOf = (svg: string): string => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
