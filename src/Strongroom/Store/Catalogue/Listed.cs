using System.Collections;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace Strongroom.Store.Catalogue;

/// <summary>An immutable list that is equal to another when its elements are, so catalogue records compare by content.</summary>
[CollectionBuilder(typeof(Listed), nameof(Listed.Create))]
[JsonConverter(typeof(ListedJson))]
internal sealed class Listed<T> : IReadOnlyList<T>, IEquatable<Listed<T>>
{
    public static readonly Listed<T> Empty = new([]);

    private readonly T[] _elements;

    internal Listed(T[] elements) => _elements = elements;

    public int Count => _elements.Length;

    public T this[int index] => _elements[index];

    public bool Contains(T element) => Array.IndexOf(_elements, element) >= 0;

    public bool Equals(Listed<T>? other) => other is not null && _elements.AsSpan().SequenceEqual(other._elements, EqualityComparer<T>.Default);

    public override bool Equals(object? obj) => Equals(obj as Listed<T>);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var element in _elements)
        {
            hash.Add(element);
        }

        return hash.ToHashCode();
    }

    public override string ToString() => "[" + string.Join(", ", _elements) + "]";

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_elements).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _elements.GetEnumerator();
}

internal static class Listed
{
    public static Listed<T> Create<T>(ReadOnlySpan<T> elements) => new(elements.ToArray());

    public static Listed<T> ToListed<T>(this IEnumerable<T> elements) => new([.. elements]);
}
