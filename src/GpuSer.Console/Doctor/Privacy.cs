using System.Text.RegularExpressions;

namespace GpuSer.Console.Doctor;

/// <summary>Takes names of people and machines out of values that are to be pasted somewhere.</summary>
internal sealed partial class Privacy
{
    private readonly string[] _homes, _users, _hosts;

    /// <summary>Knows what must not be told.</summary>
    /// <param name="homes">Home folders.</param>
    /// <param name="users">Names of users: taken out where they are a folder of a path or stand alone.</param>
    /// <param name="hosts">Names of this machine: taken out where they stand as a word.</param>
    public Privacy(IEnumerable<string?> homes, IEnumerable<string?> users, IEnumerable<string?> hosts) =>
        (_homes, _users, _hosts) = (Known(homes, '/'), Known(users), Known(hosts));

    /// <summary>This process's.</summary>
    public static Privacy Here() => new(
        [Environment.GetEnvironmentVariable("HOME"), Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "/root"],
        [Environment.GetEnvironmentVariable("USER"), Environment.GetEnvironmentVariable("LOGNAME"), Environment.GetEnvironmentVariable("SUDO_USER"), Environment.UserName],
        [Environment.MachineName, Environment.GetEnvironmentVariable("HOSTNAME")]);

    /// <summary>A value without them: home folders are <c>~</c>, users <c>USER</c>, hosts <c>HOST</c>.</summary>
    public string Clean(string value)
    {
        foreach (string home in _homes)
        {
            value = Regex.Replace(value, $@"(?<![\w./-]){Regex.Escape(home)}(?![\w.-])", "~");
        }

        value = OtherHome().Replace(value, "~");
        foreach (string user in _users)
        {
            value = Regex.Replace(value, $@"(?<![\w.-]){Regex.Escape(user)}(?![\w.-])", "USER");
        }

        foreach (string host in _hosts)
        {
            value = Regex.Replace(value, $@"(?<![\w-]){Regex.Escape(host)}(?![\w-])", "HOST");
        }

        return value;
    }

    // The longest first: a home inside another is taken out whole.
    private static string[] Known(IEnumerable<string?> names, char end = ' ') =>
        [.. names.Select(name => name?.Trim().TrimEnd(end)).OfType<string>().Where(name => name.Length > 1).Distinct(StringComparer.Ordinal).OrderByDescending(name => name.Length)];

    [GeneratedRegex(@"(?<![\w./-])/(home|Users)/[^/:;,\s]+")]
    private static partial Regex OtherHome();
}
