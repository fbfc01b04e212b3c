using System.Globalization;
using System.Text.Json.Serialization;
using Strongroom.Ground;

namespace Strongroom.Spine.Outbox;

/// <summary>Where a notice stands on its way through one channel.</summary>
[JsonConverter(typeof(KebabEnum<OutboxState>))]
internal enum OutboxState
{
    Waiting,
    Delivered,

    /// <summary>Given up: too many attempts, nobody to send it to, or the row was altered.</summary>
    Undeliverable,
}

/// <summary>
/// One fact that a notice tells. Only these four can be made, so a name, number or other personal value cannot travel by mail (R123).
/// </summary>
internal sealed record NoticeValue
{
    private NoticeValue(string name, string text) => (Name, Text) = (name, text);

    public string Name { get; }

    public string Text { get; }

    public static NoticeValue Id(string name, UInt128 id) => new(name, Ground.Id.Format(id));

    public static NoticeValue Count(string name, long count) => new(name, count.ToString(CultureInfo.InvariantCulture));

    /// <param name="at">UTC milliseconds; shown to the minute.</param>
    public static NoticeValue Instant(string name, long at) => new(
        name, DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture));

    /// <exception cref="ArgumentException">Not a machine code: lower-case letters, digits, dots, dashes, underscores, at most 64.</exception>
    public static NoticeValue Code(string name, string code) =>
        code.Length is > 0 and <= 64 && code.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-' or '_')
            ? new NoticeValue(name, code)
            : throw new ArgumentException("A notice carries machine codes only.", nameof(code));
}

/// <summary>Something a person should know: which text, to whom, with which facts.</summary>
internal sealed record Notice(NoticeTemplate Template, PersonId To, IReadOnlyList<NoticeValue> Values);

/// <summary>A notice in words, ready to leave.</summary>
/// <param name="Id">Stays the same when it is sent again, so a receiver can drop the repetition.</param>
/// <param name="Locale"><c>zh</c> or <c>en</c>.</param>
/// <param name="Created">UTC milliseconds.</param>
internal sealed record Letter(
    OutboxId Id, string Template, PersonId To, string Locale, string Subject, string Text, IReadOnlyDictionary<string, string> Values, long Created);
