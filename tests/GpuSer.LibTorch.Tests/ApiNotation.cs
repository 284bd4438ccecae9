using System.Globalization;
using System.Reflection;

namespace GpuSer.LibTorch.Tests;

/// <summary>
/// Writes what a type shows to the outside in the notation of the reference list: one line a type and a member,
/// full type names, parameters with names and default values, `static` and `protected` at the end. What the package's own
/// assembly may call as well (protected internal) counts as public there.
/// </summary>
internal static class ApiNotation
{
    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    public static IEnumerable<string> Of(Assembly assembly) => assembly.GetTypes().Where(IsVisible).SelectMany(Of);

    public static IEnumerable<string> Of(Type type)
    {
        string owner = Name(type);
        yield return $"{owner} : {Kind(type)}";

        foreach (var constructor in type.GetConstructors(Declared).Where(constructor => !constructor.IsStatic && IsVisible(constructor)))
            yield return $"{owner}..ctor({Parameters(constructor)})";

        foreach (var method in type.GetMethods(Declared).Where(method => IsVisible(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal))))
            yield return $"{owner}.{method.Name}{Generics(method)}({Parameters(method)}) -> {Name(method.ReturnType)}{(method.IsStatic ? " static" : "")}{(method.IsFamily ? " protected" : "")}";

        foreach (var property in type.GetProperties(Declared).Where(property => property.GetAccessors(true).Any(IsVisible)))
            yield return $"{owner}.{property.Name}{Indices(property)} {{ {Accessors(property)} }} -> {Name(property.PropertyType)}{(property.GetAccessors(true).Any(accessor => accessor.IsPublic || accessor.IsFamilyOrAssembly) ? "" : " protected")}";

        foreach (var field in type.GetFields(Declared).Where(field => (field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly) && !field.IsSpecialName))
            yield return $"{owner}.{field.Name} -> {Name(field.FieldType)}{(field.IsLiteral ? " = " + Constant(field.GetRawConstantValue()) : "")}{(field.IsFamily ? " protected" : "")}";
    }

    private static bool IsVisible(Type type) =>
        (type.IsPublic || type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamORAssem) && (type.DeclaringType is null || IsVisible(type.DeclaringType));

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Kind(Type type)
    {
        if (type.IsEnum) return "enum";
        if (type.IsInterface) return "interface";
        if (type.IsValueType) return "struct";
        if (type.IsAbstract && type.IsSealed) return "static class";
        string parent = type.BaseType is { } up && up != typeof(object) ? " " + Name(up) : "";
        return (type.IsAbstract ? "abstract class" : "class") + parent;
    }

    private static string Name(Type type)
    {
        if (type.IsByRef) return "ref " + Name(type.GetElementType()!);
        if (type.IsArray) return $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (type.IsPointer) return Name(type.GetElementType()!) + "*";
        if (type.IsGenericParameter) return type.Name;

        // A nested type's own name carries no arguments of the type around it: Outer.Inner<T>.
        string plain = type.Name.Split('`')[0];
        for (var outer = type.DeclaringType; outer is not null; outer = outer.DeclaringType) plain = outer.Name.Split('`')[0] + "." + plain;
        string full = string.IsNullOrEmpty(type.Namespace) ? plain : type.Namespace + "." + plain;
        return type.IsGenericType ? $"{full}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : full;
    }

    private static string Generics(MethodInfo method) => method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{Name(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? " = " + Constant(parameter.RawDefaultValue) : "")}"));

    private static string Indices(PropertyInfo property) =>
        property.GetIndexParameters() is { Length: > 0 } indices ? $"[{string.Join(", ", indices.Select(index => Name(index.ParameterType)))}]" : "";

    private static string Accessors(PropertyInfo property)
    {
        var visible = new List<string>();
        if (property.GetMethod is { } getter && IsVisible(getter)) visible.Add("get;");
        if (property.SetMethod is { } setter && IsVisible(setter)) visible.Add("set;");
        return string.Join(" ", visible);
    }

    private static string Constant(object? value) => value switch
    {
        null => "null",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
