using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Strongroom.Ground.Identifiers;

/// <summary>
/// Valid, invented identifiers for the demo and for tests: the same seed and index give the same person on every machine. They avoid numbers
/// of living people: regions end in 00, which no card carries; mobiles use the unassigned 154; cards use test ranges; mail goes to example.cn.
/// </summary>
/// <remarks>Predictable by design. Never a source of secrets, ids or keys.</remarks>
internal sealed class Synthetic
{
    private const string Surnames = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕";
    private const string Given = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建文宁辉力健俊帆雨欣怡佳浩宇轩梓涵晨思远嘉";
    private static readonly string[] _regions = ["1101", "3101", "3201", "3301", "3501", "3701", "4101", "4201", "4301", "4401", "5101", "6101"];
    private static readonly (string Surname, string Latin)[] _latin =
        [("Smith", "John"), ("Garcia", "Maria"), ("Braund", "Owen"), ("Novak", "Petra"), ("Rossi", "Luca"), ("Dubois", "Claire"), ("Zhang", "Xiaoming")];

    private readonly byte[] _key;
    private byte[] _block = [];
    private int _used;
    private ulong _counter;

    /// <param name="seed">Names the data set, such as demo-airline.</param>
    /// <param name="index">The person within it: each index is independent of the others.</param>
    public Synthetic(string seed, int index = 0) =>
        _key = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"strongroom/synthetic/v1\n{index}\n{seed}")));

    /// <summary>Uniform in [0, limit); limit 1 to 2³¹ − 1. Values that would bias the remainder are drawn again.</summary>
    public int Below(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        var fair = uint.MaxValue - (uint.MaxValue % (uint)limit);
        uint drawn;
        do
        {
            drawn = Next();
        }
        while (drawn >= fair);
        return (int)(drawn % (uint)limit);
    }

    public T Pick<T>(IReadOnlyList<T> from) => from[Below(from.Count)];

    /// <summary>A GB 11643 number of someone born on <paramref name="born"/>; an odd sequence number for a man.</summary>
    public string ResidentId(DateOnly born, bool man)
    {
        var sequence = (Below(500) * 2) + (man ? 1 : 0);
        var body = string.Create(CultureInfo.InvariantCulture, $"{Pick(_regions)}00{born:yyyyMMdd}{sequence:000}");
        return body + Identifiers.ResidentId.CheckCharacter(body);
    }

    /// <summary>A birth date between the ages of 18 and 79 on 2024-12-31, by default.</summary>
    public DateOnly BirthDate(int firstYear = 1945, int lastYear = 2006) =>
        new DateOnly(firstYear + Below(lastYear - firstYear + 1), 1, 1).AddDays(Below(365));

    public string Mobile() => "154" + Digits(8);

    public string Passport() => "E0" + Digits(7);

    /// <summary>16 digits in a scheme's test range, with a valid Luhn digit.</summary>
    public string Pan()
    {
        var body = Pick(["6200000", "4000000", "5555550"]) + Digits(8);
        return body + "0123456789".First(check => IdentifierText.Luhn(body + check));
    }

    /// <summary>A limited company's code with both check characters right.</summary>
    public string Uscc()
    {
        var organisation = "MA0" + Digits(5);
        var body = "91" + Pick(_regions) + "00" + organisation + SocialCreditCode.OrganisationCheck(organisation);
        return body + SocialCreditCode.CheckCharacter(body);
    }

    public string Plate()
    {
        const string letters = "ABCDEFGHJKLMNPQRSTUVWXYZ";
        return "" + Pick("京沪苏浙鲁粤川鄂湘闽".ToCharArray()) + letters[Below(6)] + (Below(4) == 0 ? "D" + Digits(5) : letters[Below(24)] + Digits(4));
    }

    public string HongKongId()
    {
        var body = (char)('A' + Below(26)) + Digits(6);
        return $"{body}({Permit.HongKongCheck(body)})";
    }

    public string ChineseName() => "" + Surnames[Below(Surnames.Length)] + Given[Below(Given.Length)] + (Below(3) == 0 ? "" : Given[Below(Given.Length)]);

    /// <summary>As on a document: "SMITH/JOHN".</summary>
    public string LatinName() => $"{Pick(_latin).Surname}/{Pick(_latin).Latin}".ToUpperInvariant();

    public string Email() => string.Create(CultureInfo.InvariantCulture, $"user{Digits(8)}@example.cn");

    /// <summary>An airline's ticket number: its three-digit code, then ten digits.</summary>
    public string TicketNumber() => "999" + Digits(10);

    /// <summary>A booking reference of six letters and digits, without I and O.</summary>
    public string BookingReference() => new([.. Enumerable.Range(0, 6).Select(_ => "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"[Below(32)])]);

    public string Imei()
    {
        var body = "00" + Digits(12);
        return body + "0123456789".First(check => IdentifierText.Luhn(body + check));
    }

    public string Digits(int count) => new([.. Enumerable.Range(0, count).Select(_ => (char)('0' + Below(10)))]);

    private uint Next()
    {
        if (_used == _block.Length)
        {
            Span<byte> input = stackalloc byte[40];
            _key.CopyTo(input);
            BinaryPrimitives.WriteUInt64BigEndian(input[32..], _counter++);
            _block = SHA256.HashData(input);
            _used = 0;
        }

        var drawn = BinaryPrimitives.ReadUInt32BigEndian(_block.AsSpan(_used));
        _used += 4;
        return drawn;
    }
}
