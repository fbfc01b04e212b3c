namespace Strongroom.Ground;

/// <summary>One thing wrong with a request, file or pack. Never holds a value.</summary>
/// <param name="At">Where: a field path (<c>consents[2].form</c>), a line and column (<c>3:17</c>), or both (<c>3:17 items.mobile</c>).</param>
/// <param name="Code">Stable code, for example <c>field.invalid</c>.</param>
public sealed record FieldError(string At, string Code, string Zh, string En);
