namespace Strongroom.Keys.Rings;

/// <summary>
/// Open keys of the customers seen last: at most <paramref name="max"/>, each for at most <paramref name="ttl"/> from its opening,
/// however often it is used. A fence or a drop also keeps out what was being opened meanwhile.
/// </summary>
internal sealed class KeyCache(TimeProvider time, TimeSpan ttl, int max)
{
    private readonly Lock gate = new();
    private readonly Dictionary<KeyOwner, Held> held = [];
    private readonly Queue<Held> byAge = new();
    private long generation;

    /// <summary>Take it before reading the keyring and give it to <see cref="Keep"/>.</summary>
    internal long Generation => Interlocked.Read(ref generation);

    internal int Count
    {
        get
        {
            lock (gate)
            {
                return held.Count;
            }
        }
    }

    /// <summary>The customer's open keys with a reference taken for the caller, or null.</summary>
    internal OpenCustomer? TryLease(KeyOwner owner)
    {
        lock (gate)
        {
            return held.TryGetValue(owner, out var found) && !IsOld(found) && found.Keys.TryShare() ? found.Keys : null;
        }
    }

    /// <summary>Offers freshly opened keys. Answers those to use, with a reference for the caller: these, or what another had opened first.</summary>
    internal OpenCustomer Keep(OpenCustomer fresh, long seenGeneration)
    {
        lock (gate)
        {
            Trim(room: 1);
            if (seenGeneration != generation)
            {
                return fresh;
            }

            if (held.TryGetValue(fresh.Owner, out var other) && other.Keys.TryShare())
            {
                fresh.Release();
                return other.Keys;
            }

            fresh.TryShare();
            var entry = new Held(fresh, time.GetTimestamp());
            held[fresh.Owner] = entry;
            byAge.Enqueue(entry);
            return fresh;
        }
    }

    internal void Drop(IEnumerable<KeyOwner> owners)
    {
        lock (gate)
        {
            generation++;
            foreach (var owner in owners)
            {
                if (held.Remove(owner, out var entry))
                {
                    entry.Keys.Release();
                }
            }
        }
    }

    internal void DropAll()
    {
        lock (gate)
        {
            generation++;
            foreach (var entry in held.Values)
            {
                entry.Keys.Release();
            }

            held.Clear();
            byAge.Clear();
        }
    }

    /// <summary>Called by a timer too, so that keys go even when nobody asks any more.</summary>
    internal void Trim()
    {
        lock (gate)
        {
            Trim(room: 0);
        }
    }

    private void Trim(int room)
    {
        // The queue may still name entries that a drop removed; they leave it here without being counted.
        while (byAge.TryPeek(out var oldest) && (IsOld(oldest) || held.Count + room > max || !IsCurrent(oldest)))
        {
            byAge.Dequeue();
            if (IsCurrent(oldest))
            {
                held.Remove(oldest.Keys.Owner);
                oldest.Keys.Release();
            }
        }
    }

    private bool IsCurrent(Held entry) => held.TryGetValue(entry.Keys.Owner, out var current) && ReferenceEquals(current, entry);

    private bool IsOld(Held entry) => time.GetElapsedTime(entry.Since) >= ttl;

    private sealed record Held(OpenCustomer Keys, long Since);
}
