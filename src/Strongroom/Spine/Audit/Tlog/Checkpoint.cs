using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Strongroom.Spine.Audit.Tlog;

/// <summary>The head of a log: origin, number of entries and root (C2SP tlog-checkpoint). We write no extension lines.</summary>
internal sealed record Checkpoint(string Origin, long Size, TreeHash Root)
{
    /// <summary>The note text that is signed.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Convert.ToBase64String(Root.ToArray())}\n");

    /// <summary>Signs with the log's key; <paramref name="sign"/> is Ed25519 over the note text.</summary>
    public byte[] Sign(VerifierKey key, Func<byte[], byte[]> sign) =>
        new SignedNote(Text, [new NoteSignature(key.Name, key.KeyId, sign(Encoding.UTF8.GetBytes(Text)))]).ToBytes();

    /// <summary>Verifies the note against the pinned key, whose name must be the log's origin, and reads the head.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> note, VerifierKey key, [NotNullWhen(true)] out Checkpoint? checkpoint, out string reason)
    {
        checkpoint = null;
        if (!SignedNote.TryOpen(note, key, out var opened, out reason) || !TryParseText(opened.Text, out var read, out reason))
        {
            return false;
        }

        if (!string.Equals(read.Origin, key.Name, StringComparison.Ordinal))
        {
            reason = "the checkpoint is of another origin than the pinned key";
            return false;
        }

        checkpoint = read;
        return true;
    }

    /// <summary>Reads a checkpoint's text. Extension lines are accepted and ignored, being opaque.</summary>
    public static bool TryParseText(string text, [NotNullWhen(true)] out Checkpoint? checkpoint, out string reason)
    {
        checkpoint = null;
        var lines = text.Split('\n');
        if (lines.Length < 4 || lines[^1].Length != 0 || lines[..^1].Any(line => line.Length == 0))
        {
            reason = "a checkpoint has three or more non-empty lines";
            return false;
        }

        var isNumber = long.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size);
        if (!isNumber || !string.Equals(size.ToString(CultureInfo.InvariantCulture), lines[1], StringComparison.Ordinal))
        {
            reason = "the checkpoint's size is not a decimal number without leading zeroes";
            return false;
        }

        if (!Base64.TryParse(lines[2], out var bytes) || !TreeHash.TryFrom(bytes, out var root))
        {
            reason = "the checkpoint's root is not a SHA-256 in base64";
            return false;
        }

        (checkpoint, reason) = (new Checkpoint(lines[0], size, root), "");
        return true;
    }
}
