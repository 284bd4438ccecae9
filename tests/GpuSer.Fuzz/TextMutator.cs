using System.Text;
using System.Text.Json.Nodes;

namespace GpuSer.Fuzz;

/// <summary>Changes texts by their structure, so that what is made is still a JSON or CSV file and its values are looked at.</summary>
public static class TextMutator
{
    private static readonly string[] Values =
    [
        "0", "-1", "1", "-0", "0.5", "1e999", "-1e999", "1e-999", "NaN", "Infinity", "-Infinity", "2147483647", "2147483648", "-2147483649", "4294967295",
        "9223372036854775807", "9223372036854775808", "1e18", "1.0", "007", "0x10", "true", "null", "", "\"", "''", ",", " ", "\n", "\r", "\t", "\0",
        "..", "../../x", "/", "/dev/zero", "/dev/stdin", "-rf", "~", "a/../b", "\ud800", "\u00e4\u6f22\ud83d\ude00", "\u202e", "%s%n", "${HOME}", "$(id)", "`id`", "{0}",
    ];

    /// <summary>Changes a JSON text: values replaced by others or of another kind, members dropped, renamed or doubled, values nested deeply.</summary>
    public static byte[] MutateJson(FuzzRandom random, byte[] seed, byte[] other)
    {
        JsonNode? root = Parse(seed);
        if (root is null || random.Percent(25))
        {
            return ByteMutator.Mutate(random, seed, other);
        }

        int changes = random.Percent(60) ? 1 : 1 + random.Next(4);
        for (int i = 0; i < changes; i++)
        {
            List<JsonNode> containers = [];
            Collect(root, containers);
            if (containers.Count > 0)
            {
                Change(random, random.Pick(containers), other);
            }
        }

        string text = root.ToJsonString();
        // Numbers that no JSON tree can hold, and names twice, are put into the text.
        text = random.Next(8) switch
        {
            0 => ReplaceNumber(random, text),
            1 => text.Insert(random.Next(text.Length), new string(random.Percent(50) ? '[' : '{', 1 << random.Next(17))),
            2 => Duplicate(random, text),
            _ => text,
        };
        return Encoding.UTF8.GetBytes(text);
    }

    /// <summary>Changes a CSV text: fields replaced, dropped and added, lines doubled, dropped and joined, quotes left open.</summary>
    public static byte[] MutateCsv(FuzzRandom random, byte[] seed, byte[] other)
    {
        if (random.Percent(25))
        {
            return ByteMutator.Mutate(random, seed, other);
        }

        List<List<string>> rows = [.. Encoding.Latin1.GetString(seed).Split('\n').Select(line => line.Split(',').ToList())];
        int changes = random.Percent(60) ? 1 : 1 + random.Next(6);
        for (int i = 0; i < changes; i++)
        {
            List<string> row = random.Pick(rows);
            int at = random.Next(row.Count);
            switch (random.Next(9))
            {
                case 0 or 1 or 2 when row.Count > 0:
                    row[at] = Value(random);
                    break;
                case 3 when row.Count > 1:
                    row.RemoveAt(at);
                    break;
                case 4:
                    row.Insert(at, Value(random));
                    break;
                case 5:
                    rows.Insert(random.Next(rows.Count), [.. row]);
                    break;
                case 6 when rows.Count > 1:
                    rows.Remove(row);
                    break;
                case 7:
                    row.AddRange(Enumerable.Repeat("", 1 << random.Next(12)));
                    break;
                default:
                    row.Insert(at, "\"" + Value(random) + (random.Percent(50) ? "\"" : ""));
                    break;
            }
        }

        return Encoding.UTF8.GetBytes(string.Join('\n', rows.Select(row => string.Join(',', row))));
    }

    /// <summary>Changes numbers that are written in digits, or bytes, in a file that has texts and bytes in it.</summary>
    public static byte[] MutateNumbers(FuzzRandom random, byte[] seed, byte[] other)
    {
        if (random.Percent(50))
        {
            return ByteMutator.Mutate(random, seed, other);
        }

        string text = Encoding.Latin1.GetString(seed);
        for (int changes = 1 + random.Next(3); changes > 0; changes--)
        {
            text = ReplaceNumber(random, text);
        }

        return Encoding.Latin1.GetBytes(text);
    }

    private static JsonNode? Parse(byte[] seed)
    {
        try
        {
            return JsonNode.Parse(seed);
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static void Collect(JsonNode? node, List<JsonNode> containers)
    {
        if (node is JsonObject or JsonArray)
        {
            containers.Add(node);
            foreach (JsonNode? child in node is JsonObject members ? members.Select(member => member.Value) : (JsonArray)node)
            {
                Collect(child, containers);
            }
        }
    }

    private static void Change(FuzzRandom random, JsonNode container, byte[] other)
    {
        if (container is JsonObject members && members.Count > 0)
        {
            string key = random.Pick(members.Select(member => member.Key).ToArray());
            JsonNode? value = members[key];
            if (random.Percent(25))
            {
                members.Remove(key);
            }
            else if (random.Percent(15))
            {
                members.Remove(key);
                members[Value(random)] = value;
            }
            else
            {
                members[key] = Replacement(random, value, other);
            }
        }
        else if (container is JsonArray items)
        {
            int at = random.Next(items.Count);
            if (items.Count > 0 && random.Percent(30))
            {
                items.RemoveAt(at);
            }
            else if (items.Count > 0 && random.Percent(60))
            {
                items[at] = Replacement(random, items[at], other);
            }
            else
            {
                items.Insert(at, Replacement(random, items.Count > 0 ? items[at] : null, other));
            }
        }
    }

    private static JsonNode? Replacement(FuzzRandom random, JsonNode? old, byte[] other) => random.Next(9) switch
    {
        0 => null,
        1 => JsonValue.Create(random.Pick<long>([0, 1, -1, 2, 7, 65535, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue])),
        2 => JsonValue.Create(random.Pick<double>([0, -0.0, 0.5, 1e-320, 1e308, -1e308, 1e18, 1.0000000001])),
        3 => JsonValue.Create(random.Percent(50)),
        4 or 5 => JsonValue.Create(Value(random)),
        6 => new JsonArray(old?.DeepClone(), old?.DeepClone()),
        7 => new JsonObject { ["x"] = old?.DeepClone() },
        _ => Parse(other),
    };

    private static string Value(FuzzRandom random) => random.Percent(5) ? new string((char)('a' + random.Next(26)), 1 << random.Next(17)) : random.Pick(Values);

    private static string ReplaceNumber(FuzzRandom random, string text)
    {
        int at = text.AsSpan(random.Next(text.Length)).IndexOfAnyInRange('0', '9') is var found and >= 0 ? found : 0, end = at;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] is '.' or 'e' or 'E' or '-' or '+'))
        {
            end++;
        }

        return text[..at] + (random.Percent(20) ? new string('9', 1 << random.Next(12)) : random.Pick(Values)) + text[end..];
    }

    private static string Duplicate(FuzzRandom random, string text)
    {
        int at = random.Next(text.Length), length = random.Next(Math.Min(200, text.Length - at));
        return text.Insert(at, text.Substring(at, length));
    }
}
