namespace GpuSer.Console.Configuration;

/// <summary>The name that somebody may have meant.</summary>
internal static class NearestName
{
    private const int Longest = 40;

    /// <summary>The name that is fewest letters away (Levenshtein), if that is at most a third of them; null where none is so near.</summary>
    public static string? Of(string text, IEnumerable<string> names)
    {
        string plain = text.TrimStart('-').Replace('_', '-').ToLowerInvariant();
        if (plain.Length > Longest)
        {
            return null;
        }

        (string Name, int Distance) nearest = names.Select(name => (name, Distance(plain, name))).DefaultIfEmpty(("", int.MaxValue)).MinBy(pair => pair.Item2);
        return nearest.Distance <= Math.Max(plain.Length, nearest.Name.Length) / 3 ? nearest.Name : null;
    }

    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[^1];
    }
}
