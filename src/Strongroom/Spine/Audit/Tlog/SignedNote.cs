using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Strongroom.Spine.Audit.Tlog;

/// <summary>One signature line: who, by which key id (uint32), and the signature bytes.</summary>
internal sealed record NoteSignature(string Name, uint KeyId, byte[] Signature);

/// <summary>
/// A text with signature lines (C2SP signed-note). Parsing proves nothing: only <see cref="TryOpen"/> says that the text
/// may be believed.
/// </summary>
internal sealed record SignedNote(string Text, IReadOnlyList<NoteSignature> Signatures)
{
    // Generous beside the 16 signatures of 5 kB each that every verifier must accept; anything longer is an attack.
    private const int LongestNote = 1_000_000;
    private const int MostSignatures = 100;
    private const string SignaturePrefix = "— ";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>UTF-8 of the whole note.</summary>
    public byte[] ToBytes()
    {
        var note = new StringBuilder(Text).Append('\n');
        foreach (var signature in Signatures)
        {
            var bytes = new byte[4 + signature.Signature.Length];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, signature.KeyId);
            signature.Signature.CopyTo(bytes, 4);
            note.Append(SignaturePrefix).Append(signature.Name).Append(' ').Append(Convert.ToBase64String(bytes)).Append('\n');
        }

        return StrictUtf8.GetBytes(note.ToString());
    }

    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SignedNote? note, out string reason)
    {
        note = null;
        if (bytes.Length > LongestNote)
        {
            reason = "the note is longer than 1,000,000 bytes";
            return false;
        }

        if (!TryText(bytes, out var all) || all.Any(c => c < ' ' && c != '\n'))
        {
            reason = "the note is not UTF-8 or has control characters";
            return false;
        }

        var split = all.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (split < 0 || !all.EndsWith('\n') || split + 2 == all.Length)
        {
            reason = "the note has no signature lines after an empty line";
            return false;
        }

        var lines = all[(split + 2)..^1].Split('\n');
        var signatures = new List<NoteSignature>(Math.Min(lines.Length, MostSignatures));
        foreach (var line in lines)
        {
            if (signatures.Count == MostSignatures || !TrySignature(line, out var signature))
            {
                reason = "the note has a malformed signature line, or more than 100";
                return false;
            }

            signatures.Add(signature);
        }

        note = new SignedNote(all[..(split + 1)], signatures);
        reason = "";
        return true;
    }

    /// <summary>
    /// Parses and verifies: at least one signature is by <paramref name="key"/> (name and id) and all of those are good.
    /// Signatures of other keys are ignored, as the format demands.
    /// </summary>
    public static bool TryOpen(ReadOnlySpan<byte> bytes, VerifierKey key, [NotNullWhen(true)] out SignedNote? note, out string reason)
    {
        if (!TryParse(bytes, out note, out reason))
        {
            return false;
        }

        var text = StrictUtf8.GetBytes(note.Text);
        var own = note.Signatures.Where(s => s.KeyId == key.KeyId && string.Equals(s.Name, key.Name, StringComparison.Ordinal)).ToList();
        if (own.Count > 0 && own.TrueForAll(s => key.Verifies(text, s.Signature)))
        {
            return true;
        }

        reason = own.Count == 0 ? "the note is not signed by the pinned key" : "the signature of the pinned key is wrong";
        note = null;
        return false;
    }

    /// <summary>Key names are non-empty, without Unicode spaces or plus signs (C2SP signed-note).</summary>
    internal static bool IsKeyName(string name) =>
        name.Length > 0 && !name.Any(c => char.IsWhiteSpace(c) || c == '+' || c < ' ');

    private static bool TrySignature(string line, [NotNullWhen(true)] out NoteSignature? signature)
    {
        signature = null;
        if (!line.StartsWith(SignaturePrefix, StringComparison.Ordinal))
        {
            return false;
        }

        var rest = line[SignaturePrefix.Length..];
        var space = rest.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0 || !IsKeyName(rest[..space]) || !Base64.TryParse(rest[(space + 1)..], out var bytes) || bytes.Length < 5)
        {
            return false;
        }

        signature = new NoteSignature(rest[..space], BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes[4..]);
        return true;
    }

    private static bool TryText(ReadOnlySpan<byte> bytes, out string text)
    {
        text = System.Text.Unicode.Utf8.IsValid(bytes) ? StrictUtf8.GetString(bytes) : "";
        return text.Length > 0;
    }
}

/// <summary>Base64 of RFC 4648 §4 in its one canonical spelling.</summary>
internal static class Base64
{
    public static bool TryParse(string text, out byte[] bytes)
    {
        bytes = new byte[(text.Length / 4 + 1) * 3];
        if (!Convert.TryFromBase64String(text, bytes, out var written))
        {
            bytes = [];
            return false;
        }

        // The framework tolerates blanks and stray low bits; a second spelling of one signature would be a second note.
        bytes = bytes[..written];
        return string.Equals(Convert.ToBase64String(bytes), text, StringComparison.Ordinal);
    }
}
